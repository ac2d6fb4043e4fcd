import { expect, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { openStoreClock } from "../../src/database/store-clock.ts";
import { openTestDatabase } from "../support/database.ts";

const MINUTE_MS = 60_000;
/** More than a busy machine needs for one question. */
const NEAR_MS = 20_000;

test("the clock of a store is its server's, carried on while it is not asked, and asked again now and then", async () => {
  const database = await openTestDatabase();
  let time = 5 * MINUTE_MS;
  const clock = await openStoreClock(database, { trueTime: () => time });
  const isNear = (milliseconds: number) => Math.abs(clock.now().getTime() - Date.now() - milliseconds) < NEAR_MS;
  expect(isNear(0)).toBe(true);
  time += MINUTE_MS;
  // With SQLite there is the machine's clock alone, which nobody has moved.
  expect(isNear(database.provider === "sqlite" ? 0 : MINUTE_MS)).toBe(true);
  await expect.poll(() => isNear(0), { timeout: 15_000 }).toBe(true);
});

/** A server of PostgreSQL that tells its time when it is there; counts the questions. */
function createServerOfTime() {
  const server = { looks: 0, isAway: false };
  const $queryRaw = async () => {
    server.looks += 1;
    if (server.isAway) throw new Error("away");
    return [{ milliseconds: Date.now() }];
  };
  const store = { provider: "postgresql", client: { $queryRaw } } as unknown as Database;
  return { server, store };
}

test("after a sleep, in which nothing was counted, the server is asked at once", async () => {
  const { server, store } = createServerOfTime();
  let slept = 0;
  const clock = await openStoreClock(store, { trueTime: () => 0, ownTime: () => slept });
  clock.now();
  expect(server.looks).toBe(1);
  slept = MINUTE_MS;
  clock.now();
  clock.now();
  expect(server.looks).toBe(2);
});

test("a clock goes on while its server is away, and does not press it", async () => {
  const { server, store } = createServerOfTime();
  let time = 0;
  const clock = await openStoreClock(store, { trueTime: () => time, ownTime: () => time });
  const before = clock.now().getTime();
  server.isAway = true;
  time += MINUTE_MS;
  for (let call = 0; call < 10; call += 1) expect(clock.now().getTime() - before).toBe(MINUTE_MS);
  expect(server.looks).toBe(2);
});
