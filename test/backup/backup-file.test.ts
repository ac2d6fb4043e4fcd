import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { writeBackupFile } from "../../src/backup/backup-file.ts";
import type { BackupHeader } from "../../src/backup/backup-header.ts";

const HEADER: BackupHeader = {
  id: "backup_1",
  createdAt: "2026-11-28T00:00:00.000Z",
  migrations: [],
  protection: { kind: "ring", keyId: "kek_1", wrappedKey: "", ciphertext: "" },
  isPortable: false,
};

async function* noLines(): AsyncGenerator<string> {}

it("a backup that another one of the same name has overtaken replaces it not, and leaves nothing behind", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-backup-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "backup");
  const overtake = async () => writeFileSync(file, "another backup");
  await expect(writeBackupFile(file, HEADER, randomBytes(32), noLines(), overtake)).rejects.toThrow(
    `${file}: is there already; a backup replaces nothing`,
  );
  expect([readdirSync(folder), readFileSync(file, "utf8")]).toEqual([["backup"], "another backup"]);
});

it("what a killed backup of the same process number left behind is in nobody's way: a container's is always 1", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-backup-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "backup");
  const left = `backup.${process.pid}.tmp`;
  writeFileSync(path.join(folder, left), "half a backup");
  await writeBackupFile(file, HEADER, randomBytes(32), noLines(), async () => {});
  expect(readdirSync(folder).sort()).toEqual(["backup", left]);
});
