import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Sqlite from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { openDatabase } from "../../src/database/database.ts";
import { SqliteDriver } from "../../src/database/sqlite-adapter.ts";
import { createTestStore } from "../support/database.ts";

const now = new Date("2026-11-21T00:00:00.000Z");
const ada = { id: "user_ada", username: "ada", canonicalName: "ada", createdAt: now, updatedAt: now };

describe("the SQLite store", () => {
  it("is read by its owner alone, also in a folder that was there before and that others may enter", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "postern-open-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    chmodSync(folder, 0o755);
    const database = await openDatabase({ DATA_DIR: folder, DATABASE_URL: undefined });
    onTestFinished(() => database.close());
    await database.client.user.create({ data: ada });
    const modes = readdirSync(folder).map((name) => [name, statSync(path.join(folder, name)).mode & 0o777]);
    expect(modes.sort()).toEqual([
      ["app.db", 0o600],
      ["app.db-shm", 0o600],
      ["app.db-wal", 0o600],
    ]);
  });

  it("has its pragmas at the first open and at every later one", async () => {
    const store = await createTestStore();
    onTestFinished(() => store.remove());
    for (let round = 0; round < 3; round += 1) {
      const database = await openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: undefined });
      const adapter = await new SqliteDriver({ url: path.join(store.dataDir, "app.db") }).connect();
      const read = async (name: string) =>
        (await adapter.queryRaw({ sql: `PRAGMA ${name}`, args: [], argTypes: [] })).rows[0]?.[0];
      // A PRAGMA goes to the connection that writes.
      expect([
        await read("journal_mode"),
        await read("synchronous"),
        await read("foreign_keys"),
        await read("secure_delete"),
      ]).toEqual(["wal", 2, 1, 1]);
      await adapter.dispose();
      await database.close();
    }
  });

  it("answers within a second, without freezing for longer, while another process holds the write lock", async () => {
    const store = await createTestStore();
    onTestFinished(() => store.remove());
    const database = await openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: undefined });
    onTestFinished(() => database.close());
    const other = new Sqlite(path.join(store.dataDir, "app.db"));
    other.exec("BEGIN EXCLUSIVE");
    const startedAt = performance.now();
    await expect(database.client.user.create({ data: ada })).rejects.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(await database.client.user.count()).toBe(0);
    other.exec("ROLLBACK");
    other.close();
    await database.client.user.create({ data: ada });
    expect(await database.client.user.count()).toBe(1);
  });

  it("is whole for the sqlite3 checks", async () => {
    const store = await createTestStore();
    onTestFinished(() => store.remove());
    const database = await openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: undefined });
    await database.client.user.create({ data: ada });
    await database.close();
    const file = new Sqlite(path.join(store.dataDir, "app.db"), { readonly: true });
    expect([file.pragma("integrity_check", { simple: true }), file.pragma("foreign_key_check")]).toEqual(["ok", []]);
    file.close();
  });
});
