import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { createRequestRates, type RequestRates } from "../../src/http/request-rate.ts";
import { createTestClock } from "../support/access.ts";
import { openTestDatabase } from "../support/database.ts";
import { openTestCounters } from "../support/rate-counters.ts";

const LIMIT = { points: 100, windowSeconds: 60 };

/** Nodes that share a store and a clock. */
async function startNodes(count: number) {
  const clock = createTestClock();
  const counters = openTestCounters(await openTestDatabase(), clock);
  const failures: unknown[] = [];
  const create = () => createRequestRates({ counters, clock, onFailure: (error) => failures.push(error) });
  return { clock, counters, failures, nodes: Array.from({ length: count }, create) };
}

function takeMany(node: RequestRates | undefined, times: number, key = "a"): number {
  return Array.from({ length: times }, () => node?.take(key, LIMIT).allowed).filter(Boolean).length;
}

it("one node lets exactly the points through, whatever is being settled meanwhile, and starts over after the window", async () => {
  const { clock, failures, nodes } = await startNodes(1);
  const [node] = nodes;
  expect(takeMany(node, 250)).toBe(100);
  await node?.idle();
  expect(takeMany(node, 10)).toBe(0);
  expect(takeMany(node, 10, "b")).toBe(10);
  clock.advance(61_000);
  expect(takeMany(node, 250)).toBe(100);
  await node?.idle();
  clock.advance(61_000);
  for (let round = 0; round < 30; round += 1) {
    takeMany(node, 5);
    await node?.idle();
    clock.advance(1_000);
  }
  expect(takeMany(node, 5)).toBe(0);
  expect(failures).toEqual([]);
});

it("nodes learn of each other, and three together let through at most three tenths too many", async () => {
  const { nodes } = await startNodes(3);
  let allowed = 0;
  for (let round = 0; round < 80; round += 1) {
    for (const node of nodes) allowed += takeMany(node, 1);
    await Promise.all(nodes.map((node) => node.idle()));
  }
  expect(allowed).toBeGreaterThanOrEqual(100);
  expect(allowed).toBeLessThanOrEqual(130);
});

it("a verdict tells what remains and when the window ends", async () => {
  const { clock, nodes } = await startNodes(1);
  const [node] = nodes;
  expect(node?.take("a", LIMIT)).toEqual({ allowed: true, remaining: 99, resetSeconds: 60 });
  await node?.idle();
  clock.advance(20_500);
  expect(node?.take("a", LIMIT)).toEqual({ allowed: true, remaining: 98, resetSeconds: 40 });
});

it("counting goes on alone while the store is away", async () => {
  const failures: unknown[] = [];
  const counters = { consume: () => Promise.reject(new Error("away")) };
  const node = createRequestRates({ counters, clock: createTestClock(), onFailure: (error) => failures.push(error) });
  expect(takeMany(node, 120)).toBe(100);
  await node.idle();
  expect(failures.length).toBeGreaterThan(0);
});

/** The bytes that are in use once the garbage is collected. */
function bytesInUse(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

it("a million keys that come once cost no write, and with a store that hangs no more than 50 MB", async () => {
  let writes = 0;
  const counters = {
    consume: () => {
      writes += 1;
      return new Promise<never>(() => {});
    },
  };
  const rates = createRequestRates({ counters, clock: createTestClock(), onFailure: () => {} });
  const keyOf = (index: number) => `general:${index >> 16}:${(index >> 8) & 255}:${index & 255}:8`;
  const before = bytesInUse();
  for (let index = 0; index < 500_000; index += 1) rates.take(keyOf(index), LIMIT);
  expect(writes).toBe(0);
  for (let index = 500_000; index < 1_000_000; index += 1) rates.take(keyOf(index), { points: 1, windowSeconds: 60 });
  expect(writes).toBeLessThanOrEqual(256);
  expect(bytesInUse() - before).toBeLessThan(50 * 2 ** 20);
  expect(rates.take(keyOf(999_999), { points: 1, windowSeconds: 60 }).allowed).toBe(false);
});
