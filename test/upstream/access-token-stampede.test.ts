import { expect, test } from "vitest";
import { startStampede } from "../support/stampede.ts";

test("200 callers on two nodes whose token has just become void cause one login, round after round", {
  timeout: 60_000,
}, async () => {
  const { run, logins } = await startStampede();
  expect([await run(200), await run(200), await run(200)]).toEqual([0, 0, 0]);
  expect(logins()).toBe(3);
});
