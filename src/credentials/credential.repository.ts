import { unlessUsedSince } from "../access/last-uses.ts";
import type { ServiceLimits } from "../access/viewer.ts";
import type { Conditions } from "../database/conditions.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { CredentialStatus, Prisma } from "../database/generated/sqlite/client.ts";
import type { ConnectionTestModel, CredentialModel, CredentialVersionModel } from "../database/generated/sqlite/models.ts";
import { type Stored, toTime } from "../database/prepared-statements.ts";
import { versionPrint } from "./version-print.ts";

/** What makes a credential unique. */
export type CredentialKey = Pick<CredentialModel, "ownerKey" | "connectorId" | "project" | "label">;

/** A credential as it was when its version was tried. */
type TestedVersion = Pick<CredentialModel, "id" | "version">;

export type CredentialFilter = {
  readonly connectorId?: string | undefined;
  readonly project?: string | undefined;
  readonly statuses?: readonly CredentialStatus[] | undefined;
};

/** Owner key of the system defaults. */
export const SYSTEM_OWNER = "system";

/** The `defaultKey` of the one default of an owner and connector. */
export function defaultKeyOf(credential: Pick<CredentialModel, "ownerKey" | "connectorId">): string {
  return `${credential.ownerKey}:${credential.connectorId}`;
}

/** Whose credentials a read may find: those of the owners, or those of active users within a service token's limits. */
export type CredentialScope = { readonly ownerKeys: readonly string[] } | { readonly limits: ServiceLimits };

function withinScope(scope: CredentialScope): Prisma.CredentialWhereInput {
  if ("ownerKeys" in scope) return { ownerKey: { in: [...scope.ownerKeys] } };
  const { connectors, projects, usernames } = scope.limits;
  return {
    owner: { isActive: true, ...(usernames.length === 0 ? {} : { canonicalName: { in: [...usernames] } }) },
    ...(connectors.length === 0 ? {} : { connectorId: { in: [...connectors] } }),
    ...withinProjects(projects),
  };
}

function withinProjects(projects: readonly string[]): Prisma.CredentialWhereInput {
  return projects.length === 0 ? {} : { project: { in: [...projects] } };
}

function matching({ connectorId, project, statuses }: CredentialFilter) {
  return {
    ...(connectorId === undefined ? {} : { connectorId }),
    ...(project === undefined ? {} : { project }),
    ...(statuses === undefined ? {} : { status: { in: [...statuses] } }),
  };
}

/** A version with what tells it from every other; see `versionPrint`. */
export type PrintedVersion = CredentialVersionModel & { readonly print: string };

/** A row of the table as a prepared read gives it. */
export type CredentialRow = Stored<CredentialModel, "createdAt" | "updatedAt" | "lastUsedAt">;

/** The credential of a row of the table, which may have more columns. */
export function toCredential(row: CredentialRow): CredentialModel {
  return {
    id: row.id,
    ownerId: row.ownerId,
    ownerKey: row.ownerKey,
    connectorId: row.connectorId,
    project: row.project,
    label: row.label,
    defaultKey: row.defaultKey,
    status: row.status,
    version: row.version,
    lastTestId: row.lastTestId,
    lastUsedAt: toTime(row.lastUsedAt),
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
  };
}

/** The filter as conditions of a prepared read over `"Credential" c`. */
export function limitToFilter(conditions: Conditions, { connectorId, project, statuses }: CredentialFilter): void {
  if (connectorId !== undefined) conditions.equal('c."connectorId"', connectorId);
  if (project !== undefined) conditions.equal('c."project"', project);
  if (statuses !== undefined) conditions.oneOf('c."status"', statuses);
}

/** The scope as conditions of a prepared read over `"Credential" c`, and what that must join. */
export function limitToScope(conditions: Conditions, scope: CredentialScope): string {
  if ("ownerKeys" in scope) {
    conditions.oneOf('c."ownerKey"', scope.ownerKeys);
    return "";
  }
  const { connectors, projects, usernames } = scope.limits;
  if (usernames.length > 0) conditions.oneOf('u."canonicalName"', usernames);
  if (connectors.length > 0) conditions.oneOf('c."connectorId"', connectors);
  if (projects.length > 0) conditions.oneOf('c."project"', projects);
  return 'JOIN "User" u ON u."id" = c."ownerId" AND u."isActive"';
}

/** Rows of credentials, their versions and connection tests. Every read is limited by its scope in the query itself. */
export class CredentialRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  findByKey(key: CredentialKey): Promise<CredentialModel | null> {
    const { ownerKey, connectorId, project, label } = key;
    return this.#database.client.credential.findUnique({
      where: { ownerKey_connectorId_project_label: { ownerKey, connectorId, project, label } },
    });
  }

  /** Those of the ids that are in the scope, in any order. */
  findMany(scope: CredentialScope, ids: readonly string[]): Promise<CredentialModel[]> {
    return this.#database.client.credential.findMany({ where: { id: { in: [...ids] }, ...withinScope(scope) } });
  }

  /** Of each owner, connector and project one credential that was not refused: the default if it is among them, else the oldest. */
  findNotRefused(ownerKeys: readonly string[], connectorIds: readonly string[], projects: readonly string[]) {
    return this.#database.client.credential.findMany({
      where: {
        ownerKey: { in: [...ownerKeys] },
        connectorId: { in: [...connectorIds] },
        project: { in: [...projects] },
        status: { in: ["VALID", "UNTESTED", "UNREACHABLE"] },
      },
      distinct: ["ownerKey", "connectorId", "project"],
      orderBy: [{ defaultKey: { sort: "desc", nulls: "last" } }, { id: "asc" }],
    });
  }

  count(scope: CredentialScope, filter: CredentialFilter): Promise<number> {
    return this.#database.client.credential.count({ where: { AND: [withinScope(scope), matching(filter)] } });
  }

  /** The version in use of a credential. */
  async findVersion({ id, version }: Pick<CredentialModel, "id" | "version">): Promise<CredentialVersionModel | null> {
    const [row] = await this.#database.select<Stored<CredentialVersionModel, "createdAt">>(
      'SELECT * FROM "CredentialVersion" WHERE "credentialId" = $1 AND "version" = $2',
      [id, version],
    );
    return row === undefined ? null : { ...row, createdAt: new Date(row.createdAt) };
  }

  /** The versions in use of many credentials, each with its print; one query. */
  async findVersions(credentials: readonly Pick<CredentialModel, "id">[]): Promise<PrintedVersion[]> {
    const { select, inList } = this.#database;
    const rows = await select<Stored<PrintedVersion, "createdAt">>(
      `SELECT v.*, ${versionPrint(this.#database)} AS "print" FROM "Credential" c
        JOIN "CredentialVersion" v ON v."credentialId" = c."id" AND v."version" = c."version" WHERE c."id" ${inList("$1")}`,
      [JSON.stringify(credentials.map(({ id }) => id))],
    );
    return rows.map((row) => ({ ...row, createdAt: new Date(row.createdAt) }));
  }

  /** When each kept version of the credentials was saved, newest first. */
  findHistories(credentialIds: readonly string[]) {
    return this.#database.client.credentialVersion.findMany({
      where: { credentialId: { in: [...credentialIds] } },
      orderBy: { version: "desc" },
      select: { credentialId: true, version: true, createdAt: true },
    });
  }

  async insert(transaction: Transaction, credential: CredentialModel, version: CredentialVersionModel): Promise<void> {
    // The test that allowed the save refers to the credential and comes after it.
    await transaction.credential.create({ data: { ...credential, lastTestId: null } });
    await transaction.credentialVersion.create({ data: version });
  }

  /** Every version that is kept of a credential, sealed secrets included. */
  findKeptVersions(credentialId: string): Promise<CredentialVersionModel[]> {
    return this.#database.client.credentialVersion.findMany({ where: { credentialId: { equals: credentialId } } });
  }

  /** Gives a credential another project and label, and its versions as sealed for them; false when it is not as before. */
  async move(
    transaction: Transaction,
    before: CredentialModel,
    { project, label, updatedAt }: CredentialModel,
    versions: readonly CredentialVersionModel[],
  ): Promise<boolean> {
    const { count } = await transaction.credential.updateMany({
      where: { id: before.id, version: before.version, project: before.project, label: before.label },
      data: { project, label, updatedAt },
    });
    if (count === 0) return false;
    for (const { id, keyId, wrappedKey, ciphertext } of versions) {
      await transaction.credentialVersion.updateMany({ where: { id }, data: { keyId, wrappedKey, ciphertext } });
    }
    return true;
  }

  /** Stores a new version over `expectedVersion`; false when somebody else saved or moved it first. */
  async replace(
    transaction: Transaction,
    expectedVersion: number,
    credential: CredentialModel,
    version: CredentialVersionModel,
    keptVersions: number,
  ): Promise<boolean> {
    const { id, project, label, status, defaultKey, updatedAt } = credential;
    const { count } = await transaction.credential.updateMany({
      // The version is sealed for this project and label, and would not open under others.
      where: { id, version: expectedVersion, project, label },
      // The last test was of the version before; the caller sets the one that this version passed.
      data: { version: credential.version, status, defaultKey, updatedAt, lastTestId: null },
    });
    if (count === 0) return false;
    await transaction.credentialVersion.create({ data: version });
    await transaction.credentialVersion.deleteMany({
      where: { credentialId: id, version: { lte: credential.version - keptVersions } },
    });
    return true;
  }

  /** Takes the default from whichever credential of the owner and connector has it. */
  async clearDefault(transaction: Transaction, key: Pick<CredentialKey, "ownerKey" | "connectorId">): Promise<void> {
    await transaction.credential.updateMany({ where: { defaultKey: defaultKeyOf(key) }, data: { defaultKey: null } });
  }

  async hasDefault(transaction: Transaction, key: Pick<CredentialKey, "ownerKey" | "connectorId">): Promise<boolean> {
    return (await transaction.credential.count({ where: { defaultKey: defaultKeyOf(key) } })) > 0;
  }

  /** Deletes the credential with all versions, so their wrapped keys are gone; false when it was gone already. */
  async delete(transaction: Transaction, id: string): Promise<boolean> {
    const { count } = await transaction.credential.deleteMany({ where: { id: { equals: id } } });
    return count > 0;
  }

  async insertTest(transaction: Transaction, test: ConnectionTestModel): Promise<void> {
    await transaction.connectionTest.create({ data: test });
  }

  /** Marks a stored test as the credential's last, with the status that follows from it, unless another version is in use by now. */
  async setLastTest(transaction: Transaction, { id, version }: TestedVersion, lastTestId: string, status: CredentialStatus) {
    await transaction.credential.updateMany({ where: { id, version }, data: { lastTestId, status } });
  }

  /** The same for what a use of a version told. */
  async setStatus({ id, version }: TestedVersion, status: CredentialStatus): Promise<void> {
    // Nearly always it stands there already: a read is no write that others wait for.
    const sql = 'SELECT 1 AS "isOther" FROM "Credential" WHERE "id" = $1 AND "status" <> $2';
    if ((await this.#database.select(sql, [id, status])).length === 0) return;
    await this.#database.client.credential.updateMany({ where: { id, version, status: { not: status } }, data: { status } });
  }

  /** Notes the last use, unless a later one stands there already. */
  async noteUse(id: string, lastUsedAt: Date): Promise<void> {
    await this.#database.client.credential.updateMany({ where: unlessUsedSince(id, lastUsedAt), data: { lastUsedAt } });
  }

  async findTests(ids: readonly string[]): Promise<ConnectionTestModel[]> {
    const { select, inList } = this.#database;
    const sql = `SELECT * FROM "ConnectionTest" WHERE "id" ${inList("$1")}`;
    const rows = await select<Stored<ConnectionTestModel, "testedAt">>(sql, [JSON.stringify(ids)]);
    return rows.map((row) => ({ ...row, testedAt: new Date(row.testedAt) }));
  }
}
