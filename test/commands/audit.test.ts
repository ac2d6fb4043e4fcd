import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { createAuditKeySource, openAuditSecret } from "../../src/audit/audit-key.ts";
import { createAuditLog } from "../../src/audit/audit-log.ts";
import { createHeadsFile } from "../../src/audit/heads-file.ts";
import { runAuditCommand } from "../../src/commands/audit.ts";
import { runKeysCommand } from "../../src/commands/keys.ts";
import { createKeyCheckRepository } from "../../src/database/key-check.repository.ts";
import { makeId, systemClock } from "../../src/identifiers.ts";
import { createEnvelope } from "../../src/keys/envelope.ts";
import { entryOf } from "../support/audit.ts";
import { openTestDatabase } from "../support/database.ts";
import { createRingPath, createTestRing } from "../support/key-ring.ts";

/** A trail of three events, and the command over it. */
async function startTrail() {
  const database = await openTestDatabase();
  const keyRingFile = createRingPath();
  const ring = createTestRing(keyRingFile);
  const auditHeadsFile = path.join(path.dirname(keyRingFile), "audit-heads.jsonl");
  const secret = await openAuditSecret({ database, envelope: createEnvelope(ring), makeId, clock: systemClock });
  const openLog = () => createAuditLog({ database, secret, sink: createHeadsFile(auditHeadsFile), makeId, clock: systemClock });
  const first = openLog();
  for (const user of ["user_1", "user_2", "user_3\n\u2028{}"]) await first.record(entryOf(user));
  await first.close();
  const run = async (...args: string[]) => {
    const lines: string[] = [];
    const audit = openLog();
    const open = async () => {
      const auditSecret = await openAuditSecret({
        database,
        envelope: createEnvelope(createTestRing(keyRingFile)),
        makeId,
        clock: systemClock,
      });
      return { database, auditSecret, audit };
    };
    const config = { auditHeadsFile, keyRingFile, KEY_RING: undefined };
    const code = await runAuditCommand(args, { config, open, print: (line) => lines.push(line) });
    await audit.close();
    return { code, lines };
  };
  return { database, ring, auditHeadsFile, run, exportPath: path.join(path.dirname(keyRingFile), "export.jsonl") };
}

test("verify says that a trail is whole, or names the places where it is broken, and is on record itself", async () => {
  const { database, run } = await startTrail();
  expect(await run("verify")).toEqual({ code: 0, lines: ["3 events in 1 chains: whole"] });
  const { id, chainId } = await database.client.auditEvent.findFirstOrThrow({ where: { actorId: "user_2" } });
  await database.client.auditEvent.update({ where: { id }, data: { outcome: "FAILED" } });
  const broken = { code: 1, lines: [`CHANGED ${chainId} 2 ${id}`, "4 events in 2 chains: broken in 1 places"] };
  expect(await run("verify")).toEqual(broken);
  expect(await run("cut", "--before", new Date().toISOString())).toMatchObject({
    code: 1,
    lines: { 0: expect.stringMatching(/^Nothing is cut: the trail is broken/) },
  });
  const recorded = await database.client.auditEvent.findMany({ where: { action: "AUDIT_VERIFIED" }, orderBy: { id: "asc" } });
  expect(recorded.map(({ outcome }) => outcome)).toEqual(["SUCCEEDED", "FAILED"]);
});

test("a trail is not called whole by heads, or a file, that are not there", async () => {
  const { run, exportPath } = await startTrail();
  const refused = { code: 1, lines: [`${exportPath}: there is no such file; nothing is verified`] };
  expect(await run("verify", "--heads", exportPath)).toEqual(refused);
  expect(await run("verify", "--offline", exportPath)).toEqual(refused);
  mkdirSync(exportPath);
  expect(await run("verify", "--heads", exportPath)).toEqual(refused);
  expect(await run("verify", "--offline", exportPath)).toEqual(refused);
});

test("an export is one JSON object a line, verifies by the key ring alone, and shows every change to it", async () => {
  const { auditHeadsFile, run, exportPath } = await startTrail();
  const { lines } = await run("export");
  expect(lines.map((line) => JSON.parse(line).type)).toEqual(["header", "anchor", "event", "event", "event", "event", "end"]);
  for (const line of lines) expect(line).toMatch(/^[\x20-\x7e]+$/);
  const verify = (changed: readonly string[]) => {
    writeFileSync(exportPath, changed.map((line) => `${line}\n`).join(""));
    return run("verify", "--offline", exportPath, "--heads", auditHeadsFile);
  };
  expect(await verify(lines)).toMatchObject({ code: 0 });
  expect(await verify(lines.map((line) => line.replace('"user_2"', '"user_9"')))).toMatchObject({ code: 1 });
  for (const index of lines.keys()) {
    if (index > 0) expect(await verify(lines.filter((_, other) => other !== index))).toMatchObject({ code: 1 });
  }
  expect(await verify([...lines.slice(0, 3), lines[4] ?? "", lines[3] ?? "", ...lines.slice(5)])).toMatchObject({ code: 1 });
  const keyless = lines.map((line) => line.replace('"wrappedKey"', '"wrapped"'));
  await expect(verify(keyless)).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
});

test("an export of some events verifies them, and says that it cannot speak for the others", async () => {
  const { database, run, exportPath } = await startTrail();
  const { lines } = await run("export", "--action", "CREDENTIAL_TESTED", "--to", "2100-01-01");
  expect(lines.length).toBe(5);
  writeFileSync(exportPath, lines.map((line) => `${line}\n`).join(""));
  const { code, lines: said } = await run("verify", "--offline", exportPath);
  expect([code, said]).toEqual([0, [expect.stringContaining("part of the trail"), "3 events in 1 chains: whole"]]);
  const exported = await database.client.auditEvent.findFirstOrThrow({ where: { action: "AUDIT_EXPORTED" } });
  expect(JSON.parse(exported.details)).toEqual({ from: null, to: "2100-01-01T00:00:00.000Z", action: "CREDENTIAL_TESTED" });
});

test("a retention cut leaves a signed stub: the rest verifies, and nothing more can be taken behind it", async () => {
  const { database, run } = await startTrail();
  const next = new Date(Date.now() + 1);
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(next.getTime()));
  expect(await run("cut", "--before", next.toISOString())).toEqual({ code: 0, lines: ["3 events are removed"] });
  expect(await run("verify")).toMatchObject({ code: 0 });
  const { lines } = await run("verify");
  expect(lines.at(-1)).toContain("whole");
  await database.client.auditAnchor.deleteMany({ where: { kind: "CUT" } });
  await database.client.auditEvent.deleteMany({ where: { action: "AUDIT_CUT" } });
  expect(await run("verify")).toMatchObject({ code: 1 });
});

test("a cut before a time that has not come removes nothing", async () => {
  const { database, run } = await startTrail();
  const refused = { code: 1, lines: ["Nothing is cut: that time has not come yet."] };
  expect(await run("cut", "--before", "2100-01-01")).toEqual(refused);
  expect(await database.client.auditEvent.count()).toBe(3);
});

test("the chain goes on through a rotation of the key ring and the removal of the old key", async () => {
  const { database, ring, run } = await startTrail();
  const old = ring.primary().id;
  const store = {
    ring,
    remoteKeys: null,
    envelope: createEnvelope(ring),
    rotateSigningKey: () => Promise.reject(new Error("This was not asked for.")),
    shred: () => database.shred(),
    checks: createKeyCheckRepository(database, systemClock),
    sources: [createAuditKeySource(database)],
    audit: { append: async () => {}, record: async () => {} },
  };
  const dependencies = { open: async () => store, print: () => {}, sleep: async () => {} };
  expect(await runKeysCommand(["rotate"], dependencies)).toBe(0);
  expect(await runKeysCommand(["remove", old], dependencies)).toBe(0);
  expect(await run("verify")).toEqual({ code: 0, lines: ["3 events in 1 chains: whole"] });
});

test("heads are in a file of mode 0600, and what is not understood is refused with 64", async () => {
  const { auditHeadsFile, run } = await startTrail();
  const [head] = readFileSync(auditHeadsFile, "utf8").trim().split("\n");
  expect(statSync(auditHeadsFile).mode & 0o777).toBe(0o600);
  expect(JSON.parse(head ?? "")).toMatchObject({ kind: "END", sequence: 3 });
  const times = ["never", "5", "2026", "2026-02-31", "2026-02-31T00:00:00Z", "2026-01-31T12:00:00", "31.1.2026"];
  const others = [["verfy"], ["cut"], ["export", "--colour", "red"], ["export", "--action", "REVEALED"], ["verify", "x"]];
  for (const args of [[], ...times.map((time) => ["cut", "--before", time]), ...others]) {
    expect(await run(...args)).toMatchObject({ code: 64, lines: [expect.stringContaining("Usage")] });
  }
});
