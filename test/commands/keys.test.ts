import { expect, test } from "vitest";
import { SigningKeyRepository } from "../../src/access/signing-key.repository.ts";
import { SigningKeyService } from "../../src/access/signing-key.service.ts";
import { runKeysCommand } from "../../src/commands/keys.ts";
import { createCredentialVersionSource } from "../../src/credentials/credential-version.sealed-source.ts";
import { createKeyCheckRepository } from "../../src/database/key-check.repository.ts";
import { makeId, systemClock } from "../../src/identifiers.ts";
import { createEnvelope } from "../../src/keys/envelope.ts";
import { startKeyRing } from "../../src/keys/key-check.ts";
import { breakTrail, openAuditLog } from "../support/audit.ts";
import { openTestDatabase } from "../support/database.ts";
import { createRingPath } from "../support/key-ring.ts";
import { openAll, sealCredentials } from "../support/sealed-credentials.ts";

/** A store with three credentials sealed under the first key, and the command over it. */
async function openCommand() {
  const database = await openTestDatabase();
  const checks = createKeyCheckRepository(database, systemClock);
  const ring = await startKeyRing({ file: createRingPath() }, checks);
  const envelope = createEnvelope(ring);
  await sealCredentials(database, envelope, 3);
  const audit = openAuditLog(database);
  const rows = new SigningKeyRepository(database);
  const signingKeys = new SigningKeyService({ database, signingKeys: rows, envelope, audit, makeId, clock: systemClock });
  const waits: number[] = [];
  const run = async (...args: string[]) => {
    const lines: string[] = [];
    const code = await runKeysCommand(args, {
      open: async () => ({
        ring,
        remoteKeys: null,
        envelope,
        shred: () => database.shred(),
        checks,
        sources: [createCredentialVersionSource(database)],
        audit,
        rotateSigningKey: () => signingKeys.rotateSigningKey(),
      }),
      print: (line) => lines.push(line),
      sleep: async (milliseconds) => void waits.push(milliseconds),
    });
    return { code, lines };
  };
  return { database, ring, run, waits, signingKeys };
}

test("`list` shows each key, which one is primary, and how many records it wraps", async () => {
  const { ring, run } = await openCommand();
  expect(await run("list")).toEqual({ code: 0, lines: [`${ring.primary().id}  primary  wraps 3`] });
});

test("`rotate` makes a new primary key, waits for running gateways, re-wraps, and says which key can go", async () => {
  const { database, ring, run, waits } = await openCommand();
  const old = ring.primary().id;
  const done = await run("rotate");
  const primary = ring.primary().id;
  expect(done).toEqual({
    code: 0,
    lines: [
      `${primary} is the primary key`,
      "credential versions: 3 re-wrapped, 0 unreadable",
      "3 re-wrapped, 0 unreadable",
      `${old} can be removed once no backup needs it: npm run keys -- remove ${old}`,
    ],
  });
  expect(waits).toEqual([1_500]);
  expect(await openAll(database, createEnvelope(ring))).toEqual({ [primary]: 3 });
});

test("`remove` waits until no write under the old key can be on its way, then takes it out; both changes are audited", async () => {
  const { database, ring, run, waits } = await openCommand();
  const old = ring.primary().id;
  await run("rotate");
  const { code, lines } = await run("remove", old);
  expect([code, lines.at(-1), ring.ids()]).toEqual([0, `${old} is removed`, [ring.primary().id]]);
  expect(waits[1]).toBeGreaterThan(0);
  expect(waits[1]).toBeLessThanOrEqual(20_000);
  const events = await database.client.auditEvent.findMany({ orderBy: { id: "asc" } });
  expect(events.map(({ action, actorType, targetId }) => [action, actorType, targetId])).toEqual([
    ["KEY_RING_ROTATION_STARTED", "SYSTEM", null],
    ["KEY_RING_ROTATED", "SYSTEM", ring.primary().id],
    ["KEY_RING_KEY_REMOVAL_STARTED", "SYSTEM", old],
    ["KEY_RING_KEY_REMOVED", "SYSTEM", old],
  ]);
});

test("`remove` takes no key whose removal cannot be put on record first", async () => {
  const { database, ring, run } = await openCommand();
  const old = ring.primary().id;
  await run("rotate");
  await breakTrail(database);
  await expect(run("remove", old)).rejects.toThrow("audit trail");
  expect(ring.ids()).toContain(old);
  expect(await database.client.keyCheck.count({ where: { keyId: old } })).toBe(1);
});

test("a removal that comes to nothing after its beginning is on record as begun, and the key is gone", async () => {
  const { database, ring, run } = await openCommand();
  const old = ring.primary().id;
  await run("rotate");
  await breakTrail(database, "KEY_RING_KEY_REMOVED");
  await expect(run("remove", old)).rejects.toThrow("audit trail");
  const events = await database.client.auditEvent.findMany({ where: { targetId: old } });
  expect([ring.ids(), events.map(({ action }) => action)]).toEqual([[ring.primary().id], ["KEY_RING_KEY_REMOVAL_STARTED"]]);
  expect(await run("remove", old)).toEqual({ code: 1, lines: [`The key ring holds no key ${old}`] });
});

test("`remove` refuses the primary key, an unknown one, and one that still wraps records", async () => {
  const { ring, run } = await openCommand();
  const old = ring.primary().id;
  expect(await run("remove", old)).toEqual({ code: 1, lines: [`${old} is the primary key; rotate first`] });
  expect(await run("remove", "kek_none")).toEqual({ code: 1, lines: ["The key ring holds no key kek_none"] });
  ring.addPrimary();
  const { code, lines } = await run("remove", old);
  expect([code, lines[0]?.startsWith(`${old} still wraps 3 credential versions`)]).toEqual([1, true]);
  expect(ring.ids()).toContain(old);
});

test("`rewrap` finishes a rotation that was killed, and tells by its exit code of records it could not read", async () => {
  const { database, ring, run } = await openCommand();
  ring.addPrimary();
  expect(await run("rewrap")).toEqual({
    code: 0,
    lines: ["credential versions: 3 re-wrapped, 0 unreadable", "3 re-wrapped, 0 unreadable"],
  });
  const { id } = await database.client.credentialVersion.findFirstOrThrow();
  await database.client.credentialVersion.update({ where: { id }, data: { keyId: "kek_lost" } });
  expect(await run("rewrap")).toEqual({
    code: 1,
    lines: ["credential versions: 0 re-wrapped, 1 unreadable", "0 re-wrapped, 1 unreadable"],
  });
});

test("`rotate-signing` makes the next key for access tokens: the one before verifies on, and the change is audited", async () => {
  const { database, run, signingKeys } = await openCommand();
  await signingKeys.ensureSigningKey();
  const before = await signingKeys.findSigner();
  const { code, lines } = await run("rotate-signing");
  const after = await signingKeys.findSigner();
  expect([code, lines]).toEqual([0, [`${after.kid} signs access tokens from now on`]]);
  expect(after.kid).not.toBe(before.kid);
  expect(await signingKeys.findPublicKey(before.kid)).not.toBeNull();
  const events = await database.client.auditEvent.findMany({ where: { targetId: after.kid } });
  expect(events.map(({ action, actorType }) => [action, actorType])).toEqual([["KEY_CREATED", "SYSTEM"]]);
});

test.each([[[]], [["help"]], [["remove"]], [["remove", "kek_a", "kek_b"]], [["rotate", "now"]], [["constructor"]]])(
  "%j is not understood: the usage is printed, and no store is opened",
  async (args) => {
    const lines: string[] = [];
    const open = () => Promise.reject(new Error("opened"));
    expect(await runKeysCommand(args, { open, print: (line) => lines.push(line) })).toBe(64);
    expect(lines[0]).toMatch(/^Usage: npm run keys -- <command>/);
  },
);
