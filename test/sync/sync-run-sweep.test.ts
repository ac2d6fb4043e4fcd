import { expect, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import type { SyncResource } from "../../src/database/generated/sqlite/client.ts";
import { SWEPT_AT_ONCE } from "../../src/database/gradual-sweep.ts";
import { DAY_MS, HOUR_MS } from "../../src/durations.ts";
import { makeId } from "../../src/identifiers.ts";
import { createEnvelope } from "../../src/keys/envelope.ts";
import { SyncRunRepository } from "../../src/sync/sync-run.repository.ts";
import { createRunSweep } from "../../src/sync/sync-run-sweep.ts";
import { createTestClock } from "../support/access.ts";
import { openTestDatabase } from "../support/database.ts";
import { createTestRing } from "../support/key-ring.ts";
import { sealCredentials } from "../support/sealed-credentials.ts";

const DAYS = 90;

async function openRoom(credentialCount: number) {
  const database = await openTestDatabase();
  const clock = createTestClock();
  const runs = new SyncRunRepository(database);
  await sealCredentials(database, createEnvelope(createTestRing()), credentialCount);
  const credentials = await database.client.credential.findMany({ orderBy: { id: "asc" } });
  const sweep = createRunSweep({ runs, clock, config: { SYNC_RUN_DAYS: DAYS } });
  const daysAgo = (days: number) => new Date(clock.now().getTime() - days * DAY_MS);
  return { database, clock, sweep, daysAgo, credentialIds: credentials.map(({ id }) => id) };
}

type Made = { readonly queued: Date; readonly ended: Date | null; readonly resource?: SyncResource };

/** Runs in the order in which they are named, which is that of their making. */
async function addRuns({ client }: Database, credentialId: string, made: readonly Made[]): Promise<string[]> {
  const runs = made.map(({ queued, ended, resource = "CONTACTS" }) => ({
    id: makeId("run"),
    credentialId,
    resource,
    status: ended === null ? ("RUNNING" as const) : ("SUCCEEDED" as const),
    isFull: false,
    activeKey: ended === null ? `${credentialId}:${resource}` : null,
    createdAt: queued,
    finishedAt: ended,
  }));
  await client.syncRun.createMany({ data: runs });
  return runs.map(({ id }) => id);
}

async function storedRuns({ client }: Database): Promise<string[]> {
  return (await client.syncRun.findMany({ orderBy: { id: "asc" } })).map(({ id }) => id);
}

test("runs that ended too long ago are forgotten, but for the newest of each credential and resource", async () => {
  const { database, sweep, daysAgo, credentialIds } = await openRoom(2);
  const [one = "", other = ""] = credentialIds;
  const at = (days: number) => ({ queued: daysAgo(days), ended: daysAgo(days) });
  const [, newestOfOther = ""] = await addRuns(database, other, [at(400), at(300)]);
  const [, newestProducts = ""] = await addRuns(database, one, [
    { ...at(250), resource: "PRODUCTS" },
    { ...at(200), resource: "PRODUCTS" },
  ]);
  const [, , ...young] = await addRuns(database, one, [at(100), at(DAYS + 1), at(DAYS - 1), at(1)]);

  await sweep();
  expect(await storedRuns(database)).toEqual([newestOfOther, newestProducts, ...young]);
});

test("a run that is under way stays, however long ago it was queued, and so does one that ended lately", async () => {
  const { database, sweep, daysAgo, credentialIds } = await openRoom(2);
  const [one = "", other = ""] = credentialIds;
  const underWay = await addRuns(database, one, [{ queued: daysAgo(200), ended: null }]);
  const endedLately = await addRuns(database, other, [
    { queued: daysAgo(200), ended: daysAgo(DAYS - 1) },
    { queued: daysAgo(2), ended: daysAgo(1) },
  ]);

  await sweep();
  expect(await storedRuns(database)).toEqual([...underWay, ...endedLately].sort());
});

test("a sweep looks at a bounded number of runs, goes on behind those that stay, and begins anew after a rest", async () => {
  const { database, clock, sweep, daysAgo, credentialIds } = await openRoom(1);
  const [one = ""] = credentialIds;
  const at = (days: number) => ({ queued: daysAgo(days), ended: daysAgo(days) });
  await addRuns(
    database,
    one,
    Array.from({ length: SWEPT_AT_ONCE + 10 }, () => at(DAYS + 10)),
  );
  const count = () => database.client.syncRun.count();

  await sweep();
  expect(await count()).toBe(10);
  await sweep();
  expect(await count()).toBe(1);
  await sweep();
  await addRuns(database, one, [at(1)]);
  await sweep();
  expect(await count()).toBe(2);
  clock.advance(HOUR_MS);
  await sweep();
  expect(await count()).toBe(1);
});
