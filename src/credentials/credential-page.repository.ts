import { Conditions } from "../database/conditions.ts";
import type { Database } from "../database/database.ts";
import type { ConnectionTestModel, CredentialModel } from "../database/generated/sqlite/models.ts";
import {
  type CredentialFilter,
  type CredentialRow,
  type CredentialScope,
  limitToFilter,
  limitToScope,
  toCredential,
} from "./credential.repository.ts";
import { versionPrint } from "./version-print.ts";

/** What most lists show of a credential. */
export type CredentialSummary = Pick<
  CredentialModel,
  "id" | "ownerKey" | "connectorId" | "project" | "label" | "status" | "version" | "lastTestId"
>;

/** What most lists show of a connection test. */
export type TestSummary = Pick<ConnectionTestModel, "id" | "outcome" | "message" | "testedAt">;

/** All that may be shown of a connection test. */
export type ShownTest = TestSummary & Pick<ConnectionTestModel, "stage" | "code" | "details" | "durationMs">;

/** How much of a page's credentials and tests is read. */
export type PageExtent = "SUMMARY" | "WHOLE";

/** A credential of a page, the print of its version in use (null when that is missing), and its last test. */
export type Paged<Credential = CredentialSummary, Test = TestSummary | ShownTest> = {
  readonly credential: Credential;
  readonly print: string | null;
  readonly lastTest: Test | null;
};

type Stored<Test extends TestSummary> = {
  readonly [Name in Exclude<keyof Test, "id" | "testedAt">]: Test[Name] | null;
} & { readonly testedAt: string | Date | null };

type SummaryRow = CredentialSummary & Stored<TestSummary> & { readonly print: string | null };
type WholeRow = CredentialRow & Stored<ShownTest> & { readonly print: string | null };

const SUMMARY = `c."id", c."ownerKey", c."connectorId", c."project", c."label", c."status", c."version", c."lastTestId",
  t."outcome", t."message", t."testedAt"`;
const WHOLE = 'c.*, t."outcome", t."message", t."testedAt", t."stage", t."code", t."details", t."durationMs"';
const BESIDE = `LEFT JOIN "CredentialVersion" v ON v."credentialId" = c."id" AND v."version" = c."version"
  LEFT JOIN "ConnectionTest" t ON t."id" = c."lastTestId"`;

export type PageOf = {
  readonly scope: CredentialScope;
  readonly filter: CredentialFilter;
  readonly take: number;
  /** The credential to go on after; null for the first page. */
  readonly afterId: string | null;
};

/** Pages of credentials in order of making, with what hangs on each, one prepared read a page; nothing sealed is read. */
export class CredentialPageRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  find(page: PageOf, extent: PageExtent): Promise<Paged[]> {
    return extent === "SUMMARY" ? this.#findSummaries(page) : this.findWhole(page);
  }

  async #findSummaries(page: PageOf): Promise<Paged[]> {
    const rows = await this.#select<SummaryRow>(SUMMARY, page);
    // The row is the summary: a copy without the rest would be made for nothing.
    return rows.map((row) => ({ credential: row, print: row.print, lastTest: toSummary(row) }));
  }

  async findWhole(page: PageOf): Promise<Paged<CredentialModel, ShownTest>[]> {
    const rows = await this.#select<WholeRow>(WHOLE, page);
    return rows.map((row) => ({ credential: toCredential(row), print: row.print, lastTest: toShownTest(row) }));
  }

  #select<Row>(columns: string, { scope, filter, take, afterId }: PageOf): Promise<readonly Row[]> {
    const conditions = new Conditions();
    const joined = limitToScope(conditions, scope);
    limitToFilter(conditions, filter);
    if (afterId !== null) conditions.after('c."id"', afterId);
    const sql = `SELECT ${columns}, ${versionPrint(this.#database)} AS "print" FROM "Credential" c ${joined} ${BESIDE}
      ${conditions.where} ORDER BY c."id" LIMIT $${conditions.values.length + 1}`;
    return this.#database.select<Row>(sql, [...conditions.values, take]);
  }
}

/** Null when there is none, or it is gone. */
function toSummary({ lastTestId, outcome, message, testedAt }: SummaryRow): TestSummary | null {
  if (lastTestId === null || outcome === null || message === null || testedAt === null) return null;
  return { id: lastTestId, outcome, message, testedAt: new Date(testedAt) };
}

function toShownTest(row: WholeRow): ShownTest | null {
  const summary = toSummary(row);
  const { stage, code, details, durationMs } = row;
  if (summary === null || stage === null || details === null || durationMs === null) return null;
  return { ...summary, stage, code, details, durationMs };
}
