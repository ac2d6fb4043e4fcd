import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { verifyTrail } from "../../src/audit/trail-verification.ts";
import { backUp, PASSPHRASE, read, restore, save, secretFile, secretOf, signIn } from "../support/backups.ts";
import { openTestStore, type TestStore } from "../support/database.ts";
import { startGateway, USER_PASSWORD } from "../support/gateway.ts";

/** An empty SQLite store beside the test's PostgreSQL. */
function openSqliteStore(): TestStore {
  const dataDir = mkdtempSync(path.join(tmpdir(), "postern-across-"));
  const remove = async () => rmSync(dataDir, { recursive: true, force: true });
  onTestFinished(remove);
  return { dataDir, databaseUrl: undefined, remove };
}

/** Backs a gateway on one store up, restores it into the other, and looks at all that moved. */
async function move(source: TestStore, target: TestStore): Promise<void> {
  const passphrase = secretFile("passphrase", PASSPHRASE);
  const gateway = await startGateway({}, source);
  const { token } = await gateway.signUp("ada");
  for (const label of ["first", "zweites ü"]) await save(gateway, token, label);
  const { file } = await backUp(gateway, "--passphrase-file", passphrase);
  const before = await gateway.services.database.client.auditEvent.count();
  await gateway.close();
  copyFileSync(path.join(source.dataDir, "keys.json"), path.join(target.dataDir, "keys.json"));
  const { code, lines } = await restore(target, file, "--passphrase-file", passphrase);
  expect([code, lines]).toEqual([0, [expect.stringMatching(/rows restored; everybody signs in again$/)]]);
  const moved = await startGateway({}, target);
  const fresh = await signIn(moved, "ada", USER_PASSWORD);
  for (const label of ["first", "zweites ü"]) expect(await read(moved, fresh, label)).toBe(secretOf(label));
  const { database, auditSecret: secret } = moved.services;
  expect(await verifyTrail({ database, secret, headsFile: null })).toMatchObject({ faultCount: 0 });
  expect(await database.client.auditEvent.count()).toBeGreaterThan(before);
}

test.each([
  ["PostgreSQL into SQLite", async () => move(await openTestStore(), openSqliteStore())],
  ["SQLite into PostgreSQL", async () => move(openSqliteStore(), await openTestStore())],
] as const)("a backup of %s restores whole, secrets and audit trail", { timeout: 120_000 }, (_, work) => work());
