import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import Sqlite from "better-sqlite3";
import pg from "pg";
import { PACKAGE_ROOT } from "../package-root.ts";

/*
 * Applies what `npm run migration` wrote, at start, in one process at a time. The rows are those of Prisma's own
 * `_prisma_migrations`, so Prisma's tools agree with what is found; its engine is not used to apply, because it splits
 * PostgreSQL scripts at every semicolon and runs them outside one transaction.
 */

export type Migration = { readonly name: string; readonly sql: string; readonly checksum: string };

/** A row of `_prisma_migrations`, as far as it matters here. */
export type AppliedMigration = { migration_name: string; checksum: string; finished_at: unknown; rolled_back_at: unknown };

/** A store that this build must not touch: newer than the build, edited, or left half-way by another tool. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

/** The key of the advisory lock that Prisma's own engine takes, so that it and we exclude each other. */
const PRISMA_ADVISORY_LOCK = 72_707_369;

/** Longest wait for a server that takes connections and says nothing, in milliseconds. */
const CONNECT_MS = 10_000;

const SQLITE_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" ("id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL,
  "finished_at" DATETIME, "migration_name" TEXT NOT NULL, "logs" TEXT, "rolled_back_at" DATETIME,
  "started_at" DATETIME NOT NULL DEFAULT current_timestamp, "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0)`;

const POSTGRESQL_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" ("id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ, "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(), "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`;

/** The folder with a provider's migrations. */
export function migrationsFolder(provider: "sqlite" | "postgresql"): string {
  return path.join(PACKAGE_ROOT, "prisma/migrations", provider);
}

/** All migrations in a folder, oldest first. */
export function readMigrations(folder: string): readonly Migration[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(`${folder}/${name}/migration.sql`, "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });
}

/** Those not applied yet, oldest first. @throws {MigrationError} for a store that this build must not touch */
export function pendingMigrations(known: readonly Migration[], rows: readonly AppliedMigration[]): readonly Migration[] {
  const applied = new Map(rows.filter((row) => row.rolled_back_at === null).map((row) => [row.migration_name, row]));
  for (const row of applied.values()) {
    const migration = known.find((candidate) => candidate.name === row.migration_name);
    if (migration === undefined) {
      throw new MigrationError(
        `The store has migration ${row.migration_name}, which this build does not know: it is older than the store.`,
      );
    }
    if (row.finished_at === null) throw new MigrationError(`Migration ${row.migration_name} was left half-way by another tool.`);
    if (row.checksum !== migration.checksum)
      throw new MigrationError(`Migration ${row.migration_name} was edited after it was applied.`);
  }
  return known.filter((migration) => !applied.has(migration.name));
}

/**
 * Brings a SQLite file up to date, each migration in one transaction: a killed run starts again where it stood.
 * @throws {MigrationError} without having changed anything
 */
export function migrateSqlite(file: string, folder = migrationsFolder("sqlite")): void {
  const known = readMigrations(folder);
  const db = new Sqlite(file, { timeout: 30_000 });
  try {
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    // Inside a transaction this pragma does nothing, and the rebuild of a table would then delete its children by cascade.
    db.pragma("foreign_keys = OFF");
    db.exec(SQLITE_TABLE);
    while (applyNextToSqlite(db, known));
  } finally {
    db.close();
  }
}

function applyNextToSqlite(db: Sqlite.Database, known: readonly Migration[]): boolean {
  const apply = db.transaction((): boolean => {
    const [next] = pendingMigrations(known, db.prepare<[], AppliedMigration>('SELECT * FROM "_prisma_migrations"').all());
    if (next === undefined) return false;
    db.exec(next.sql);
    if ((db.pragma("foreign_key_check") as unknown[]).length > 0) {
      throw new MigrationError(`Migration ${next.name} would break foreign keys.`);
    }
    db.prepare(
      'INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "started_at", "finished_at", "applied_steps_count") VALUES (?, ?, ?, ?, ?, 1)',
    ).run(randomUUID(), next.checksum, next.name, Date.now(), Date.now());
    return true;
  });
  return apply.immediate();
}

/**
 * Brings a PostgreSQL database up to date; nodes that start together take turns.
 * @throws {MigrationError} without having changed anything
 */
export async function migratePostgresql(url: string, folder = migrationsFolder("postgresql")): Promise<void> {
  const known = readMigrations(folder);
  await withClient(url, async (client) => {
    await client.query("SELECT pg_advisory_lock($1)", [PRISMA_ADVISORY_LOCK]);
    await client.query(POSTGRESQL_TABLE);
    const { rows } = await client.query<AppliedMigration>('SELECT * FROM "_prisma_migrations"');
    for (const migration of pendingMigrations(known, rows)) await applyToPostgresql(client, migration);
  });
}

/** Whether anybody has brought the PostgreSQL database up to some date. */
export function isPostgresqlMigrated(url: string): Promise<boolean> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ isThere: boolean }>(
      `SELECT to_regclass('"_prisma_migrations"') IS NOT NULL AS "isThere"`,
    );
    return rows[0]?.isThere === true;
  });
}

async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  // A connection that breaks is told to whoever waits for its answer; as an event that nobody hears it would end the process.
  client.on("error", () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}

async function applyToPostgresql(client: pg.Client, { sql, checksum, name }: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(sql);
    await client.query(
      'INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "finished_at", "applied_steps_count") VALUES ($1, $2, $3, now(), 1)',
      [randomUUID(), checksum, name],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}
