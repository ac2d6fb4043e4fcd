import path from "node:path";
import Sqlite from "better-sqlite3";
import pg from "pg";
import type { KnownCredential, Ledger } from "./ledger.ts";

/** What is wrong in a store, one sentence a fault. */
export type StoreFaults = {
  /** Acknowledged, and not there. */
  readonly lost: readonly string[];
  /** Rows that only make sense together, and of which some are missing. */
  readonly halfWritten: readonly string[];
  /** Data without its audit event, or the other way round. */
  readonly auditMismatches: readonly string[];
  /** What the database itself says of its file. */
  readonly damage: readonly string[];
};

/** Asks a store from outside of the gateway. */
export type Query = <Row>(sql: string) => Promise<Row[]>;
type CredentialRow = { readonly id: string; readonly version: number };
type Counted = { readonly targetId: string; readonly n: number };

/** A connection to a store besides the gateway's, and what the database itself finds damaged. */
export async function withStore<Result>(
  store: { readonly dataDir: string; readonly databaseUrl?: string | undefined },
  work: (query: Query, damage: readonly string[]) => Promise<Result>,
): Promise<Result> {
  if (store.databaseUrl !== undefined) {
    const client = new pg.Client({ connectionString: store.databaseUrl });
    await client.connect();
    return work(async (sql) => (await client.query(sql)).rows, []).finally(() => client.end());
  }
  const db = new Sqlite(path.join(store.dataDir, "app.db"), { timeout: 5_000 });
  try {
    const answers = db.prepare<[], { integrity_check: string }>("PRAGMA integrity_check").all();
    const broken = (db.pragma("foreign_key_check") as unknown[]).map((row) => JSON.stringify(row));
    const damage = [...answers.map((row) => row.integrity_check).filter((text) => text !== "ok"), ...broken];
    return await work(async <Row>(sql: string) => db.prepare<[], Row>(sql).all(), damage);
  } finally {
    db.close();
  }
}

const countsOf = async (query: Query, action: string) => {
  const sql = `SELECT "targetId", CAST(COUNT(*) AS INTEGER) AS "n" FROM "AuditEvent" WHERE "action" = '${action}' GROUP BY "targetId"`;
  return new Map((await query<Counted>(sql)).map(({ targetId, n }) => [targetId, Number(n)]));
};

/** What the store holds of a credential against what its owner was told; settles what was not known until now. */
function compare(known: KnownCredential, row: CredentialRow | undefined): string | null {
  if (known.deleted === "perhaps") known.deleted = row === undefined ? "yes" : "no";
  if (known.deleted === "yes") return row === undefined ? null : `${known.id} was deleted, and is there again`;
  if (row === undefined) return `${known.id} is gone`;
  if (known.perhaps !== null && row.version === known.version + 1) {
    known.version = row.version;
    known.secret = known.perhaps;
  }
  known.perhaps = null;
  return row.version === known.version ? null : `${known.id} has version ${row.version}, not ${known.version}`;
}

/** Compares the store with everything that was acknowledged, and its rows with one another. */
export function checkStore(store: { dataDir: string; databaseUrl?: string | undefined }, ledger: Ledger): Promise<StoreFaults> {
  return withStore(store, async (query, damage) => {
    const rows = await query<CredentialRow>('SELECT "id", "version" FROM "Credential"');
    const credentials = new Map(rows.map((row) => [row.id, row]));
    const users = new Set((await query<{ id: string }>('SELECT "id" FROM "User"')).map(({ id }) => id));
    const revealed = await countsOf(query, "CREDENTIAL_REVEALED");
    const lost = [
      ...[...ledger.users].filter((id) => !users.has(id)).map((id) => `${id} is gone`),
      ...[...ledger.credentials.values()].flatMap((known) => compare(known, credentials.get(known.id)) ?? []),
      ...[...ledger.credentials.values()]
        .filter(({ id, reveals }) => (revealed.get(id) ?? 0) < reveals)
        .map(({ id }) => `${id} was revealed more often than is on record`),
    ];
    return {
      lost,
      damage,
      halfWritten: await findHalfWritten(query),
      auditMismatches: await findAuditMismatches(query, credentials, users),
    };
  });
}

async function findHalfWritten(query: Query): Promise<string[]> {
  const without = await query<{ id: string }>(
    `SELECT c."id" FROM "Credential" c LEFT JOIN "CredentialVersion" v ON v."credentialId" = c."id" AND v."version" = c."version"
     WHERE v."id" IS NULL`,
  );
  const tokenless = await query<{ id: string }>(
    `SELECT s."id" FROM "Session" s LEFT JOIN "RefreshToken" t ON t."sessionId" = s."id" WHERE t."id" IS NULL`,
  );
  return [
    ...without.map(({ id }) => `${id} lacks the version that it names`),
    ...tokenless.map(({ id }) => `${id} has no refresh token`),
  ];
}

async function findAuditMismatches(
  query: Query,
  credentials: ReadonlyMap<string, CredentialRow>,
  users: ReadonlySet<string>,
): Promise<string[]> {
  const saved = await countsOf(query, "CREDENTIAL_SAVED");
  const deleted = await countsOf(query, "CREDENTIAL_DELETED");
  const registered = await countsOf(query, "USER_REGISTERED");
  return [
    ...[...credentials.values()]
      .filter(({ id, version }) => saved.get(id) !== version)
      .map(({ id, version }) => `${id} has version ${version} and ${saved.get(id) ?? 0} saves on record`),
    ...[...saved.keys()].filter((id) => !credentials.has(id) && deleted.get(id) !== 1).map((id) => `${id} is gone unrecorded`),
    ...[...deleted.keys()].filter((id) => credentials.has(id)).map((id) => `${id} is on record as deleted, and is there`),
    ...[...users].filter((id) => registered.get(id) !== 1).map((id) => `${id} is not on record as registered`),
    ...[...registered.keys()].filter((id) => !users.has(id)).map((id) => `${id} is on record, and is not there`),
  ];
}
