import { expect, test } from "vitest";
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

test("a clock goes on while its server is away", async () => {
  const database = await openTestDatabase();
  let time = 0;
  const away = { provider: database.provider, client: Object.create(database.client) };
  const clock = await openStoreClock(away, { trueTime: () => time });
  const before = clock.now().getTime();
  Object.assign(away.client, { $queryRaw: () => Promise.reject(new Error("away")) });
  time += MINUTE_MS;
  const passed = clock.now().getTime() - before;
  expect(passed).toBeGreaterThanOrEqual(database.provider === "sqlite" ? 0 : MINUTE_MS);
});
