import { expect, test } from "vitest";
import { createLeftoverSweep } from "../../src/credentials/credential-leftovers.ts";
import type { Database } from "../../src/database/database.ts";
import { SWEPT_AT_ONCE } from "../../src/database/gradual-sweep.ts";
import { createLeases } from "../../src/database/leases.ts";
import { DAY_MS } from "../../src/durations.ts";
import { makeId } from "../../src/identifiers.ts";
import { createEnvelope } from "../../src/keys/envelope.ts";
import { createTestClock } from "../support/access.ts";
import { openTestDatabase } from "../support/database.ts";
import { createTestRing } from "../support/key-ring.ts";
import { sealCredentials } from "../support/sealed-credentials.ts";

async function openRoom(credentialCount: number) {
  const database = await openTestDatabase();
  const clock = createTestClock();
  const sweep = createLeftoverSweep({ database, clock, config: { CONNECTION_TEST_DAYS: 90 } });
  await sealCredentials(database, createEnvelope(createTestRing()), credentialCount);
  const credentials = await database.client.credential.findMany({ orderBy: { id: "asc" } });
  const daysAgo = (days: number) => new Date(clock.now().getTime() - days * DAY_MS);
  return { database, clock, sweep, credentialIds: credentials.map(({ id }) => id), daysAgo };
}

/** Tests of this time, one for each credential that is named; null: of fields that were not stored. */
async function addTests({ client }: Database, testedAt: Date, credentialIds: readonly (string | null)[]): Promise<string[]> {
  const tests = credentialIds.map((credentialId) => ({
    id: makeId("test"),
    credentialId,
    connectorId: "odoo",
    outcome: "PASSED" as const,
    stage: "LOGIN",
    message: "signed in",
    details: "{}",
    durationMs: 1,
    testedAt,
  }));
  await client.connectionTest.createMany({ data: tests });
  return tests.map(({ id }) => id);
}

async function storedTests({ client }: Database): Promise<string[]> {
  return (await client.connectionTest.findMany({ orderBy: { id: "asc" } })).map(({ id }) => id);
}

async function setLast({ client }: Database, credentialIds: readonly string[], testIds: readonly string[]): Promise<void> {
  for (const [place, id] of credentialIds.entries()) {
    await client.credential.update({ where: { id }, data: { lastTestId: testIds[place] ?? null } });
  }
}

test("connection tests that are too old are forgotten, but for each credential's last one", async () => {
  const { database, sweep, credentialIds, daysAgo } = await openRoom(2);
  await addTests(database, daysAgo(200), [...credentialIds, null]);
  const last = await addTests(database, daysAgo(100), credentialIds);
  await setLast(database, credentialIds, last);
  const young = await addTests(database, daysAgo(89), [credentialIds[0] ?? null, null]);

  await sweep();
  expect(await storedTests(database)).toEqual([...last, ...young].sort());
  const kept = await database.client.credential.findMany({ orderBy: { id: "asc" } });
  expect(kept.map(({ lastTestId }) => lastTestId)).toEqual(last);
});

test("a sweep looks at a bounded number of rows, goes on behind those that stay, and begins anew after a rest", async () => {
  const { database, clock, sweep, credentialIds, daysAgo } = await openRoom(SWEPT_AT_ONCE + 1);
  const last = await addTests(database, daysAgo(100), credentialIds);
  await setLast(database, credentialIds, last);
  await addTests(database, daysAgo(95), Array(SWEPT_AT_ONCE).fill(null));
  const count = () => database.client.connectionTest.count();

  const counts = [];
  for (let sweeps = 0; sweeps < 4; sweeps += 1) {
    await sweep();
    counts.push((await count()) - last.length);
  }
  expect(counts).toEqual([SWEPT_AT_ONCE, 1, 0, 0]);

  await addTests(database, daysAgo(95), [null]);
  await sweep();
  expect(await count()).toBe(last.length + 1);
  clock.advance(3_600_000);
  for (let sweeps = 0; sweeps < 3; sweeps += 1) await sweep();
  expect(await storedTests(database)).toEqual(last.sort());
});

test("the leases of credentials that are gone go too, once they ended, and those of others keep their tokens", async () => {
  const { database, clock, sweep, credentialIds } = await openRoom(2);
  const [living = "", gone = ""] = credentialIds;
  const leases = createLeases({ database, holder: "node" });
  const ended = [`access-token:${living}`, `access-token:${gone}`, `sync:${gone}:CONTACTS`, "key-rotation"];
  for (const name of ended) {
    const lease = await leases.acquire(name, 60_000);
    if (lease !== null) await leases.release(lease);
  }
  await leases.acquire(`sync:${gone}:PRODUCTS`, 3_600_000);
  await database.client.credential.delete({ where: { id: gone } });

  clock.advance(1_800_000);
  await sweep();
  const names = (await database.client.lease.findMany()).map(({ name }) => name).sort();
  expect(names).toEqual([`access-token:${living}`, "key-rotation", `sync:${gone}:PRODUCTS`].sort());
  expect(await leases.acquire(`access-token:${living}`, 60_000)).toMatchObject({ fencingToken: 3 });
});
