import { expect, test } from "vitest";
import { type Checkpoint, formatUpstreamTime, isMassDisappearance, nextCursor, planRun } from "../../src/sync/sync-plan.ts";

const NOW = new Date("2026-11-20T12:00:00Z");
const state = { upstreamKey: "a", cursor: "2026-11-20 11:00:00", lastFullAt: new Date("2026-11-20T01:00:00Z") };

test("a run reads from the overlap before the cursor", () => {
  expect(planRun(false, state, "a", NOW)).toEqual({
    upstreamKey: "a",
    isFull: false,
    changedSince: "2026-11-20 10:57:30",
    afterId: 0,
    newestMs: null,
    beganMs: NOW.getTime(),
  });
});

test.each([
  ["there was none before", false, null],
  ["the one before did not get to its end", false, { ...state, cursor: null }],
  ["it is asked to", true, state],
  ["the rows are of another database", false, { ...state, upstreamKey: "b" }],
  ["the last full one was a day ago", false, { ...state, lastFullAt: new Date("2026-11-19T12:00:00Z") }],
])("a run reads everything when %s", (_why, wantsFull, known) => {
  expect(planRun(wantsFull, known, "a", NOW)).toMatchObject({ isFull: true, changedSince: null });
});

const checkpoint: Checkpoint = {
  upstreamKey: "a",
  isFull: false,
  changedSince: null,
  afterId: 7,
  newestMs: Date.parse("2026-11-20T11:59:00Z"),
  beganMs: NOW.getTime() - 30_000,
};

test.each([
  ["is the newest time seen less what the reading took", state.cursor, {}, "2026-11-20 11:58:30"],
  ["stays when the run saw nothing", state.cursor, { newestMs: null }, state.cursor],
  ["does not go back", "2026-11-20 11:58:50", {}, "2026-11-20 11:58:50"],
  ["goes back when everything was read", "2026-11-20 11:58:50", { isFull: true }, "2026-11-20 11:58:30"],
  ["does not follow a time stamp into the future", null, { newestMs: Date.parse("2099-01-01T00:00:00Z") }, "2026-11-20 11:59:30"],
  ["is none after a full run without rows", state.cursor, { newestMs: null, isFull: true }, null],
])("the next cursor %s", (_what, previous, change, expected) => {
  expect(nextCursor(previous, { ...checkpoint, ...change }, NOW)).toBe(expected);
});

test("a change behind the page being read stays within reach of the next run, however long the run and wherever the upstream's clock", () => {
  for (const skewMs of [-3 * 3_600_000, 0, 45_000]) {
    for (const durationMs of [0, 1_000, 600_000]) {
      const end = new Date(NOW.getTime() + durationMs);
      const upstreamStart = NOW.getTime() + skewMs;
      const cursor = nextCursor(null, { ...checkpoint, beganMs: NOW.getTime(), newestMs: upstreamStart + durationMs }, end);
      expect(cursor !== null && cursor <= formatUpstreamTime(upstreamStart)).toBe(true);
    }
  }
});

test("a mass disappearance is more than half and more than a hundred rows", () => {
  expect([
    isMassDisappearance(100, 100),
    isMassDisappearance(101, 101),
    isMassDisappearance(500, 1_000),
    isMassDisappearance(501, 1_000),
  ]).toEqual([false, true, false, true]);
});
