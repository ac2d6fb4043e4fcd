import path from "node:path";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { openDatabase } from "../../src/database/database.ts";
import { inTurn } from "../../src/database/store-failures.ts";
import { openTestStore } from "../support/database.ts";

test("what a start writes waits until another process has written, however long its own wait is", async () => {
  const { dataDir, databaseUrl } = await openTestStore();
  const database = await openDatabase({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl });
  const other = new Sqlite(path.join(dataDir, "app.db"));
  const write = () => database.transaction((transaction) => transaction.rateCounter.deleteMany());
  other.exec("BEGIN IMMEDIATE");
  await expect(write()).rejects.toThrow(/timed out/);
  setTimeout(() => other.exec("COMMIT"), 600);
  await inTurn(write);
  await expect(inTurn(() => Promise.reject(new Error("another fault")))).rejects.toThrow("another fault");
  other.close();
  await database.close();
});
