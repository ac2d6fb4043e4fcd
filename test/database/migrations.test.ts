import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openDatabase } from "../../src/database/database.ts";
import {
  MigrationError,
  migratePostgresql,
  migrateSqlite,
  migrationsFolder,
  readMigrations,
} from "../../src/database/migrations.ts";
import { createTestStore, type TestStore } from "../support/database.ts";

type Place = { readonly store: TestStore; readonly folder: string; migrate(): Promise<void> };

/** An empty store and a copy of its migrations that a test may add to. */
async function createPlace(): Promise<Place> {
  const store = await createTestStore();
  onTestFinished(() => store.remove());
  const provider = store.databaseUrl === undefined ? "sqlite" : "postgresql";
  const folder = path.join(store.dataDir, "migrations");
  cpSync(migrationsFolder(provider), folder, { recursive: true });
  const file = path.join(store.dataDir, "app.db");
  const migrate = async () => {
    if (store.databaseUrl === undefined) migrateSqlite(file, folder);
    else await migratePostgresql(store.databaseUrl, folder);
  };
  return { store, folder, migrate };
}

function addMigration(folder: string, name: string, sql: string): void {
  mkdirSync(path.join(folder, name), { recursive: true });
  writeFileSync(path.join(folder, name, "migration.sql"), sql);
}

async function listApplied({ store }: Place): Promise<string[]> {
  const database = await openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl }).catch(() => null);
  if (database === null) return [];
  const rows = await database.client.$queryRaw<
    { name: string }[]
  >`SELECT migration_name AS name FROM "_prisma_migrations" ORDER BY 1`;
  await database.close();
  return rows.map(({ name }) => name);
}

describe("migrations", () => {
  it("are authored for what prisma/schema says: the copy they were made from equals it", () => {
    const files = (folder: string) =>
      Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(`${folder}/${file}`, "utf8")]));
    expect(files("prisma/migrations/schema")).toEqual(files("prisma/schema"));
  });

  it("stand in the same order for both databases", () => {
    const names = (provider: "sqlite" | "postgresql") => readMigrations(migrationsFolder(provider)).map(({ name }) => name);
    expect(names("postgresql")).toEqual(names("sqlite"));
    expect(names("sqlite").length).toBeGreaterThan(0);
  });

  it("are applied once however many nodes start together", async () => {
    const place = await createPlace();
    addMigration(place.folder, "99990101000000_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);");
    await Promise.all(Array.from({ length: 5 }, () => place.migrate()));
    await place.migrate();
  });

  it("that fail leave nothing of themselves behind, and run again when they are mended", async () => {
    const place = await createPlace();
    await place.migrate();
    const name = "99990101000000_half";
    addMigration(place.folder, name, "CREATE TABLE half (id INTEGER PRIMARY KEY); INSERT INTO nowhere VALUES (1);");
    await expect(place.migrate()).rejects.toThrow(/nowhere/);
    addMigration(place.folder, name, "CREATE TABLE half (id INTEGER PRIMARY KEY);");
    await place.migrate();
  });

  it("of a newer build keep an older one from starting, with nothing changed", async () => {
    const place = await createPlace();
    addMigration(place.folder, "99990101000000_future", "CREATE TABLE future (id INTEGER PRIMARY KEY);");
    await place.migrate();
    await expect(openDatabase({ DATA_DIR: place.store.dataDir, DATABASE_URL: place.store.databaseUrl })).rejects.toThrow(
      /99990101000000_future, which this build does not know/,
    );
  });

  it("that were edited after they were applied stop the start", async () => {
    const place = await createPlace();
    const name = "99990101000000_edited";
    addMigration(place.folder, name, "CREATE TABLE edited (id INTEGER PRIMARY KEY);");
    await place.migrate();
    addMigration(place.folder, name, "CREATE TABLE edited (id INTEGER PRIMARY KEY, more TEXT);");
    await expect(place.migrate()).rejects.toThrow(MigrationError);
  });

  it("keep the rows of a table that others refer to when it is rebuilt", async () => {
    const place = await createPlace();
    const create =
      "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parent(id) ON DELETE CASCADE); INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1);";
    addMigration(place.folder, "99990101000000_family", create);
    await place.migrate();
    const isSqlite = place.store.databaseUrl === undefined;
    const rebuild = isSqlite
      ? "CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO new_parent (id) SELECT id FROM parent; DROP TABLE parent; ALTER TABLE new_parent RENAME TO parent;"
      : "ALTER TABLE parent ADD COLUMN name TEXT;";
    addMigration(
      place.folder,
      "99990101000001_rebuild",
      `${rebuild} CREATE TABLE proof AS SELECT count(*) AS children FROM child;`,
    );
    await place.migrate();
    // Only a migration can look: the build itself refuses a store with migrations that it does not know.
    const check = isSqlite
      ? "CREATE TEMP TABLE seen (n INTEGER CHECK (n = 1)); INSERT INTO seen SELECT children FROM proof;"
      : "DO $$ BEGIN IF (SELECT children FROM proof) <> 1 THEN RAISE EXCEPTION 'children are lost'; END IF; END $$;";
    addMigration(place.folder, "99990101000002_check", check);
    await place.migrate();
  });

  it("leave behind what Prisma's own tools read", async () => {
    const place = await createPlace();
    await place.migrate();
    expect(await listApplied(place)).toEqual(readMigrations(place.folder).map(({ name }) => name));
  });
});
