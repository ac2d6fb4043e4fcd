import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { credentialSealContext } from "../../src/credentials/credential.sealing.ts";
import { createCredentialVersionSource } from "../../src/credentials/credential-version.sealed-source.ts";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { createEnvelope } from "../../src/keys/envelope.ts";
import { openKeyRing, RING_REREAD_MS } from "../../src/keys/key-ring.ts";
import { createTestStore, openTestDatabase } from "../support/database.ts";
import { createRingPath, createTestRing } from "../support/key-ring.ts";
import { killRewrap } from "../support/rewrap-killing.ts";
import { createTestRotation, openAll, openSome, sealCredentials, unrecorded } from "../support/sealed-credentials.ts";

const readCiphertexts = async (database: Database) => {
  const rows = await database.client.credentialVersion.findMany({
    select: { id: true, ciphertext: true },
    orderBy: { id: "asc" },
  });
  return rows.map(({ id, ciphertext }) => `${id} ${Buffer.from(ciphertext).toString("base64")}`);
};

test("a rotation wraps every data key with the new key, leaves ciphertexts alone, and the old key can go", async () => {
  const database = await openTestDatabase();
  const ring = createTestRing();
  await sealCredentials(database, createEnvelope(ring), 450);
  const [before, old] = [await readCiphertexts(database), ring.primary().id];
  const rotation = createTestRotation(database, ring);

  const primary = await rotation.begin();
  await expect(rotation.remove(old, unrecorded)).rejects.toThrow(`${old} still wraps 450 credential versions`);
  await expect(rotation.remove(primary, unrecorded)).rejects.toThrow(/is the primary key/);
  expect(await rotation.rewrap()).toEqual({ rewrapped: 450, unreadable: 0 });
  expect(await rotation.list()).toEqual([
    { keyId: old, isPrimary: false, count: 0, createdAt: expect.any(Date) },
    { keyId: primary, isPrimary: true, count: 450, createdAt: expect.any(Date) },
  ]);
  await rotation.remove(old, unrecorded);
  expect([ring.ids(), await database.client.keyCheck.count()]).toEqual([[primary], 1]);
  expect(await openAll(database, createEnvelope(ring))).toEqual({ [primary]: 450 });
  expect(await readCiphertexts(database)).toEqual(before);
});

test("gateways that read and write during a rotation meet no error, and nothing stays under the old key", {
  timeout: 120_000,
}, async () => {
  const database = await openTestDatabase();
  const file = createRingPath();
  const ring = createTestRing(file);
  await sealCredentials(database, createEnvelope(ring), 300);
  let isOver = false;
  let [read, written] = [0, 0];
  const gateways = Array.from({ length: 3 }, () => createEnvelope(openKeyRing({ file }, { mayCreate: false })));
  const work = gateways.flatMap((gateway) => [
    // Each round waits a moment: on SQLite nothing else would let timers, and with them the rotation, have their turn.
    (async () => {
      for (; !isOver; await sleep(20), read += 1) await openSome(database, gateway, 20);
    })(),
    (async () => {
      for (; !isOver; await sleep(100), written += 1) await sealCredentials(database, gateway, 1);
    })(),
  ]);
  const rotation = createTestRotation(database, ring);
  const keyIds: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    keyIds.push(ring.primary().id, await rotation.begin());
    await sleep(RING_REREAD_MS + 100);
    await rotation.rewrap();
  }
  isOver = true;
  await Promise.all(work);
  // The last batch of each writer may have been sealed before it saw the last key.
  await rotation.rewrap();
  expect(Math.min(read, written)).toBeGreaterThan(0);
  for (const keyId of new Set(keyIds.filter((id) => id !== ring.primary().id))) await rotation.remove(keyId, unrecorded);
  expect(await openAll(database, createEnvelope(ring))).toEqual({ [ring.primary().id]: 300 + written });
});

test("records that cannot be read are counted and skipped, and keep their key from being removed", async () => {
  const database = await openTestDatabase();
  const ring = createTestRing();
  await sealCredentials(database, createEnvelope(ring), 10);
  const old = ring.primary().id;
  const [damaged, lost] = await database.client.credentialVersion.findMany({ take: 2 });
  if (damaged === undefined || lost === undefined) throw new Error("Two versions are needed");
  const wrappedKey = Uint8Array.from(damaged.wrappedKey, (byte, index) => (index === 60 ? byte ^ 1 : byte));
  await database.client.credentialVersion.update({ where: { id: damaged.id }, data: { wrappedKey } });
  await database.client.credentialVersion.update({ where: { id: lost.id }, data: { keyId: "kek_lost" } });

  const rotation = createTestRotation(database, ring);
  const primary = await rotation.begin();
  expect(await rotation.rewrap()).toEqual({ rewrapped: 8, unreadable: 2 });
  await expect(rotation.remove(old, unrecorded)).rejects.toThrow(`${old} still wraps 1 credential versions`);
  expect(await database.client.credentialVersion.findUniqueOrThrow({ where: { id: damaged.id } })).toEqual({
    ...damaged,
    wrappedKey,
  });
  expect(await database.client.credentialVersion.count({ where: { keyId: primary } })).toBe(8);
});

test("a record that was changed after it was read is not overwritten with its older key", async () => {
  const database = await openTestDatabase();
  const ring = createTestRing();
  const envelope = createEnvelope(ring);
  await sealCredentials(database, envelope, 1);
  const { credential, ...version } = await database.client.credentialVersion.findFirstOrThrow({ include: { credential: true } });
  const context = credentialSealContext(credential, version);
  const stale = { id: version.id, before: version, after: await envelope.rewrap(context, version) };
  const changed = await envelope.rewrap(context, version);
  await database.client.credentialVersion.update({ where: { id: version.id }, data: changed });

  expect(await createCredentialVersionSource(database).replaceKeys([stale])).toBe(0);
  const stored = await database.client.credentialVersion.findFirstOrThrow();
  expect(Buffer.compare(stored.wrappedKey, changed.wrappedKey)).toBe(0);
});

test("a rewrap killed again and again loses nothing and is finished by the next one", { timeout: 120_000 }, async () => {
  const store = await createTestStore("migrated");
  const database = await openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl });
  onTestFinished(async () => {
    await database.close();
    await store.remove();
  });
  const file = createRingPath();
  const ring = createTestRing(file);
  const envelope = createEnvelope(ring);
  await sealCredentials(database, envelope, 600);
  const old = ring.primary().id;
  const rotation = createTestRotation(database, ring);
  const primary = await rotation.begin();

  let left = 600;
  for (const line of [1, 2]) {
    expect(await killRewrap(store, file, line)).toBe("SIGKILL");
    const counts = await openAll(database, envelope);
    expect((counts[old] ?? 0) + (counts[primary] ?? 0)).toBe(600);
    expect(counts[old]).toBeLessThan(left);
    left = counts[old] ?? 0;
  }
  expect(left).toBeGreaterThan(0);
  expect(await rotation.rewrap()).toEqual({ rewrapped: left, unreadable: 0 });
  await rotation.remove(old, unrecorded);
  expect(await openAll(database, envelope)).toEqual({ [primary]: 600 });
});
