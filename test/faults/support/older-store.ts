import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Sqlite from "better-sqlite3";
import pg from "pg";
import { migratePostgresql, migrateSqlite, migrationsFolder, readMigrations } from "../../../src/database/migrations.ts";
import type { FaultStore } from "./fault-stores.ts";
import { dumpPostgresql } from "./postgresql-cluster.ts";
import { type Query, withStore } from "./store-check.ts";

const ROWS = 20_000;
const TIME = "'2026-01-02T03:04:05.678+00:00'";

/** Tables of the first migration, with what row `i` of an older store holds in each. */
const OLD_ROWS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  User: {
    id: "'old_' || i",
    username: "'user ' || i",
    canonicalName: "'user ' || i",
    email: "'user' || i || '@example.test'",
    createdAt: TIME,
    updatedAt: TIME,
  },
  Session: {
    id: "'old_' || i",
    userId: "'old_' || i",
    createdAt: TIME,
    lastUsedAt: "'2999-01-01T00:00:00.000+00:00'",
    expiresAt: "'2999-01-01T00:00:00.000+00:00'",
  },
  AuditEvent: {
    id: "'old_' || i",
    action: "'USER_REGISTERED'",
    outcome: "'SUCCEEDED'",
    actorType: "'USER'",
    actorId: "'old_' || i",
    targetId: "'old_' || i",
    details: "'{}'",
    createdAt: TIME,
  },
};

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");

async function fill(store: FaultStore): Promise<void> {
  const series = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})`;
  const statements = Object.entries(OLD_ROWS).map(
    ([table, columns]) =>
      `${series} INSERT INTO "${table}" (${quoted(Object.keys(columns))}) SELECT ${Object.values(columns).join(", ")} FROM n`,
  );
  if (store.databaseUrl === undefined) {
    const db = new Sqlite(path.join(store.dataDir, "app.db"));
    db.exec(statements.join(";"));
    db.close();
    return;
  }
  const client = new pg.Client({ connectionString: store.databaseUrl });
  await client.connect();
  await client.query(statements.join(";")).finally(() => client.end());
}

/** Applies all migrations of this build but the last so many. The milliseconds that it took. */
export async function migrateAllBut(store: FaultStore, last: number): Promise<number> {
  const provider = store.databaseUrl === undefined ? "sqlite" : "postgresql";
  const source = migrationsFolder(provider);
  const folder = mkdtempSync(path.join(tmpdir(), "postern-migrations-"));
  const known = readMigrations(source);
  for (const { name } of known.slice(0, known.length - last))
    cpSync(path.join(source, name), path.join(folder, name), { recursive: true });
  const began = performance.now();
  if (store.databaseUrl === undefined) migrateSqlite(path.join(store.dataDir, "app.db"), folder);
  else await migratePostgresql(store.databaseUrl, folder);
  const took = performance.now() - began;
  rmSync(folder, { recursive: true });
  return took;
}

/** Makes an empty store into one that the first release has left, with many rows. */
export async function makeOlderStore(store: FaultStore): Promise<void> {
  await migrateAllBut(store, readMigrations(migrationsFolder("sqlite")).length - 1);
  await fill(store);
}

/** How many migrations are applied; none where there is not even their table. */
export function countMigrations(store: FaultStore): Promise<number> {
  const count = async (query: Query) => {
    const [row] = await query<{ n: number | string }>('SELECT COUNT(*) AS n FROM "_prisma_migrations"');
    return Number(row?.n);
  };
  return withStore(store, (query) => count(query).catch(() => 0));
}

/** The rows of an older store as text, in the columns that it had, whatever came to them since. */
export function readOldRows(store: FaultStore): Promise<string> {
  return withStore(store, async (query) => {
    const tables = Object.entries(OLD_ROWS).map(([table, columns]) =>
      query(`SELECT ${quoted(Object.keys(columns))} FROM "${table}" WHERE "id" LIKE 'old\\_%' ESCAPE '\\' ORDER BY "id"`),
    );
    return JSON.stringify(await Promise.all(tables));
  });
}

/** Tables, columns, indexes and constraints as the database itself writes them. */
export function readSchema(store: FaultStore): Promise<string> {
  if (store.databaseUrl !== undefined) return dumpPostgresql(store.databaseUrl, "--schema-only");
  return withStore(store, async (query) =>
    JSON.stringify(await query("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name")),
  );
}
