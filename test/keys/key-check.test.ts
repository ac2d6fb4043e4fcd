import { randomBytes } from "node:crypto";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createKeyCheckRepository } from "../../src/database/key-check.repository.ts";
import { systemClock } from "../../src/identifiers.ts";
import { createKeyCheck, startKeyRing, verifyKeyCheck } from "../../src/keys/key-check.ts";
import { openTestDatabase } from "../support/database.ts";
import { createRingPath, createTestRing } from "../support/key-ring.ts";

async function openStore() {
  return createKeyCheckRepository(await openTestDatabase(), systemClock);
}

test("the first start makes the ring and its check, and the next one finds both", async () => {
  const store = await openStore();
  const file = createRingPath();
  const first = await startKeyRing({ file }, store);
  const again = await startKeyRing({ file }, store);
  expect(again.primary()).toEqual(first.primary());
  expect((await store.list()).map(({ keyId }) => keyId)).toEqual([first.primary().id]);
});

test("a start without the ring that the store was sealed with is refused, and no new ring is made", async () => {
  const store = await openStore();
  const file = createRingPath();
  await startKeyRing({ file }, store);
  const checks = await store.list();
  rmSync(file);
  await expect(startKeyRing({ file }, store)).rejects.toThrow(/is missing, but the store holds/);
  expect([existsSync(file), await store.list()]).toEqual([false, checks]);
});

test("a start with another ring is refused, and the store keeps the checks it had", async () => {
  const store = await openStore();
  const ring = await startKeyRing({ file: createRingPath() }, store);
  const checks = await store.list();
  const other = createRingPath();
  createTestRing(other);
  await expect(startKeyRing({ file: other }, store)).rejects.toThrow(`sealed with the key ${ring.primary().id}, which`);
  expect(await store.list()).toEqual(checks);
});

test("a start with a wrong key under a known id is refused", async () => {
  const store = await openStore();
  const file = createRingPath();
  const { id } = (await startKeyRing({ file }, store)).primary();
  writeFileSync(file, JSON.stringify({ primary: id, keys: { [id]: randomBytes(32).toString("base64url") } }), { mode: 0o600 });
  await expect(startKeyRing({ file }, store)).rejects.toThrow(`wrong key under ${id}`);
});

test("a key that was added to the ring gets its check at the next start", async () => {
  const store = await openStore();
  const file = createRingPath();
  const ring = await startKeyRing({ file }, store);
  ring.addPrimary();
  await startKeyRing({ file }, store);
  expect((await store.list()).map(({ keyId }) => keyId)).toEqual(ring.ids());
});

test("of two first starts with different rings one is refused, however they race", async () => {
  const store = await openStore();
  const starts = await Promise.allSettled(Array.from({ length: 4 }, () => startKeyRing({ file: createRingPath() }, store)));
  const passed = starts.filter((start) => start.status === "fulfilled").map((start) => start.value.primary().id);
  expect(passed).toEqual((await store.list()).map(({ keyId }) => keyId));
  expect(passed.length).toBe(1);
});

test("a check that was changed, or belongs to another key, does not verify", () => {
  const ring = createTestRing();
  const { keyId, check } = createKeyCheck(ring, ring.primary().id);
  expect(() => verifyKeyCheck(ring, { keyId, check })).not.toThrow();
  const added = ring.addPrimary();
  expect(() => verifyKeyCheck(ring, { keyId: added, check })).toThrow(`wrong key under ${added}`);
  for (const place of check.keys()) {
    const changed = Uint8Array.from(check, (byte, index) => (index === place ? byte ^ 1 : byte));
    expect(() => verifyKeyCheck(ring, { keyId, check: changed })).toThrow(`wrong key under ${keyId}`);
  }
});
