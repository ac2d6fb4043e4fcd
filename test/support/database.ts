import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { onTestFinished } from "vitest";
import { type Database, openDatabase } from "../../src/database/database.ts";

/** Where a test's store is: a folder of its own, and on PostgreSQL a database of its own. */
export type TestStore = { readonly dataDir: string; readonly databaseUrl: string | undefined; remove(): Promise<void> };

const isPostgresql = process.env.TEST_DATABASE === "postgresql";

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** An empty store of the kind that the running project tests on; the caller removes it. */
export async function createTestStore(): Promise<TestStore> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "postern-test-"));
  const name = `postern_test_${randomBytes(8).toString("hex")}`;
  if (isPostgresql) await onServer(`CREATE DATABASE ${name}`);
  const url = isPostgresql ? new URL(process.env.DATABASE_URL ?? "") : undefined;
  if (url !== undefined) url.pathname = `/${name}`;
  return {
    dataDir,
    databaseUrl: url?.href,
    remove: async () => {
      if (isPostgresql) await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** An empty store that goes away with the test, after what was started on it later. */
export async function openTestStore(): Promise<TestStore> {
  const store = await createTestStore();
  onTestFinished(store.remove);
  return store;
}

/** An open, migrated, empty database that goes away with the test. */
export async function openTestDatabase(): Promise<Database> {
  const store = await createTestStore();
  const database = await openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl });
  onTestFinished(async () => {
    await database.close();
    await store.remove();
  });
  return database;
}

/** Every row of every table as text, by table; on SQLite its files say the same. */
export async function dumpDatabase({ provider, client }: Database): Promise<Record<string, Buffer>> {
  if (provider === "sqlite") return {};
  const tables = await client.$queryRawUnsafe<{ name: string }[]>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
  );
  const dump: Record<string, Buffer> = {};
  for (const { name } of tables) {
    const rows = await client.$queryRawUnsafe<{ row: string }[]>(`SELECT t::text AS row FROM "${name}" t`);
    dump[name] = Buffer.from(rows.map(({ row }) => row).join("\n"));
  }
  return dump;
}
