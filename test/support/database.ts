import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inject, onTestFinished } from "vitest";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { databaseUrlOf, onServer } from "./postgresql.ts";
import type { Template } from "./templates.ts";

/** Where a test's store is: a folder of its own, and on PostgreSQL a database of its own. */
export type TestStore = { readonly dataDir: string; readonly databaseUrl: string | undefined; remove(): Promise<void> };

const isPostgresql = process.env.TEST_DATABASE === "postgresql";

/** What a store has in it: nothing, the tables, or what a gateway that was started on it and stopped has left. */
export type TestStoreKind = "empty" | "migrated" | "started";

/** A store of the kind of database that the running project tests on; the caller removes it. */
export async function createTestStore(kind: TestStoreKind = "empty"): Promise<TestStore> {
  // Suites that are no part of the projects have no templates: a store that was not started before does there as well.
  const template: Template | undefined = kind === "empty" ? undefined : inject(kind);
  const dataDir = mkdtempSync(path.join(tmpdir(), "postern-test-"));
  if (template !== undefined) cpSync(template.dataDir, dataDir, { recursive: true });
  const name = `postern_test_${randomBytes(8).toString("hex")}`;
  if (isPostgresql) await onServer(`CREATE DATABASE ${name}${template === undefined ? "" : ` TEMPLATE ${template.database}`}`);
  return {
    dataDir,
    databaseUrl: isPostgresql ? databaseUrlOf(name) : undefined,
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
  const store = await createTestStore("migrated");
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
