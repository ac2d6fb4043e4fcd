import { expect, test } from "vitest";
import { createRateLimiter } from "../../src/database/rate-counters.ts";
import { createBlindIndex } from "../../src/keys/blind-index.ts";
import { createTestClock } from "../support/access.ts";
import { openTestDatabase } from "../support/database.ts";
import { openTestCounters } from "../support/rate-counters.ts";

const LIMIT = { points: 3, windowSeconds: 60 };
const BACK_OFF = { free: 3, longestSeconds: 10, forgetSeconds: 600 };

async function startLimiter() {
  const database = await openTestDatabase();
  const clock = createTestClock();
  return { database, clock, limiter: openTestCounters(database, clock) };
}

test("a window lets its points through, says what remains, and starts over", async () => {
  const { clock, limiter } = await startLimiter();
  const verdicts = [];
  for (let call = 0; call < 4; call += 1) {
    verdicts.push(await limiter.consume("route", LIMIT));
    clock.advance(10_000);
  }
  expect(verdicts).toEqual([
    { allowed: true, remaining: 2, resetSeconds: 60 },
    { allowed: true, remaining: 1, resetSeconds: 50 },
    { allowed: true, remaining: 0, resetSeconds: 40 },
    { allowed: false, remaining: 0, resetSeconds: 30 },
  ]);
  clock.advance(20_000);
  expect(await limiter.consume("route", LIMIT)).toEqual({ allowed: true, remaining: 2, resetSeconds: 60 });
});

test("of a hundred calls at once exactly the points get through, and other keys are not touched", async () => {
  const { limiter } = await startLimiter();
  const verdicts = await Promise.all(Array.from({ length: 100 }, () => limiter.consume("route", LIMIT)));
  expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(3);
  expect((await limiter.consume("another", LIMIT)).remaining).toBe(2);
});

test("a point given back can be taken again", async () => {
  const { limiter } = await startLimiter();
  for (let call = 0; call < 3; call += 1) await limiter.consume("route", LIMIT);
  await limiter.giveBack("route");
  expect((await limiter.consume("route", LIMIT)).allowed).toBe(true);
  expect((await limiter.consume("route", LIMIT)).allowed).toBe(false);
});

test("what was counted can be looked at without being touched", async () => {
  const { clock, limiter } = await startLimiter();
  for (let call = 0; call < 2; call += 1) await limiter.consume("route", LIMIT);
  clock.advance(20_000);
  for (let call = 0; call < 2; call += 1) {
    expect(await limiter.look(["another", "route"])).toEqual([
      { count: 0, resetSeconds: 1 },
      { count: 2, resetSeconds: 40 },
    ]);
  }
  clock.advance(40_000);
  expect(await limiter.look(["route"])).toEqual([{ count: 0, resetSeconds: 1 }]);
});

test("after the free tries the waits double up to their cap and no further, and waiting costs nothing", async () => {
  const { clock, limiter } = await startLimiter();
  const tryOnce = () => limiter.tryAfterBackOff("account", BACK_OFF);
  expect([await tryOnce(), await tryOnce(), await tryOnce()]).toEqual([0, 0, 0]);
  const waits = [];
  for (let round = 0; round < 7; round += 1) {
    const wait = await tryOnce();
    waits.push(wait);
    clock.advance(wait * 1_000 - 1);
    expect(await tryOnce()).toBe(1);
    clock.advance(1);
    expect(await tryOnce()).toBe(0);
  }
  expect(waits).toEqual([1, 2, 4, 8, 10, 10, 10]);
});

test("of a hundred tries at once no more than the free ones go on", async () => {
  const { limiter } = await startLimiter();
  const waits = await Promise.all(Array.from({ length: 100 }, () => limiter.tryAfterBackOff("account", BACK_OFF)));
  expect(waits.filter((wait) => wait === 0)).toHaveLength(3);
  expect(new Set(waits)).toEqual(new Set([0, 1]));
});

test("what was forgotten, by word or by time, starts over, and the sweep deletes what is out of date", async () => {
  const { clock, database, limiter } = await startLimiter();
  const block = async () => {
    for (let call = 0; call < 4; call += 1) await limiter.tryAfterBackOff("account", BACK_OFF);
    return limiter.tryAfterBackOff("account", BACK_OFF);
  };
  expect(await block()).toBe(1);
  await limiter.forget("account");
  expect(await block()).toBe(1);
  await limiter.sweep();
  expect(await database.client.rateCounter.count()).toBe(1);
  clock.advance(600_000);
  await limiter.sweep();
  expect(await database.client.rateCounter.count()).toBe(0);
});

test("a clock that was ahead and is set right holds nobody for longer than a window or the longest wait", async () => {
  const { clock, limiter } = await startLimiter();
  const yearsMs = 10 * 365 * 86_400_000;
  clock.advance(yearsMs);
  for (let call = 0; call < 4; call += 1) {
    await limiter.consume("route", LIMIT);
    await limiter.tryAfterBackOff("account", BACK_OFF);
  }
  clock.advance(-yearsMs);
  expect(await limiter.consume("route", LIMIT)).toEqual({ allowed: false, remaining: 0, resetSeconds: 60 });
  expect(await limiter.tryAfterBackOff("account", BACK_OFF)).toBe(10);
  clock.advance(60_000);
  expect((await limiter.consume("route", LIMIT)).allowed).toBe(true);
  expect(await limiter.tryAfterBackOff("account", BACK_OFF)).toBe(0);
});

test("a key stands in the store under a name that only the holder of the store's own key can make", async () => {
  const { clock, database, limiter } = await startLimiter();
  const other = createRateLimiter({ database, clock, digest: createBlindIndex(Buffer.alloc(32, 10)) });
  await limiter.consume("login:account:alice", LIMIT);
  await limiter.consume("login:account:alice", LIMIT);
  await other.consume("login:account:alice", LIMIT);
  const counted = await database.client.rateCounter.findMany({ orderBy: { count: "asc" } });
  expect(counted.map(({ count }) => count)).toEqual([1, 2]);
  expect(JSON.stringify(counted, (_, value) => (typeof value === "bigint" ? Number(value) : value))).not.toContain("alice");
});
