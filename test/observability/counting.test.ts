import { describe, expect, it } from "vitest";
import { Counter, Family, Histogram } from "../../src/observability/cells.ts";
import { MinuteRing, RING_MINUTES } from "../../src/observability/minute-ring.ts";
import { UsageSeries } from "../../src/observability/usage-series.ts";

const MINUTE_MS = 60_000;
const NOON = Date.UTC(2026, 0, 1, 12);

describe("a family of cells", () => {
  it("keeps one cell for each combination of labels, and one for all others once there are too many", () => {
    const family = new Family("things_total", "Things.", ["kind"], () => new Counter());
    for (let index = 0; index < 10_000; index += 1) family.of(`kind ${index}`).add();
    family.of("kind 7").add(2);
    const entries = [...family.entries()];
    expect(entries.length).toBe(2_001);
    expect(entries.find(({ values }) => values[0] === "kind 7")?.cell.value).toBe(3);
    expect(entries.find(({ values }) => values[0] === "other")?.cell.value).toBe(8_000);
  });

  it("counts a value in the bucket of the first bound that it does not exceed", () => {
    const histogram = new Histogram([1, 2, 5]);
    for (const value of [0, 1, 1.5, 5, 6, 100]) histogram.observe(value);
    expect([[...histogram.counts], histogram.sum]).toEqual([[2, 1, 1, 2], 113.5]);
  });
});

describe("the ring of minutes", () => {
  it("gives the last minutes in order, zeros where nothing was, and nothing of the day before", () => {
    let now = NOON;
    const ring = new MinuteRing(2, () => now);
    ring.add(0, 5);
    now += 2 * MINUTE_MS;
    ring.add(1);
    ring.add(1, 2);
    const startOf = (minute: number) => new Date(NOON + minute * MINUTE_MS);
    expect(ring.read(3)).toEqual([
      { start: startOf(0), values: [5, 0] },
      { start: startOf(1), values: [0, 0] },
      { start: startOf(2), values: [0, 3] },
    ]);
    now = NOON + RING_MINUTES * MINUTE_MS;
    const day = ring.read(1_000_000);
    expect([day.length, day[0]?.start, day.at(-1)?.values]).toEqual([RING_MINUTES, startOf(1), [0, 0]]);
    ring.add(0);
    expect(ring.read(1)).toEqual([{ start: startOf(RING_MINUTES), values: [1, 0] }]);
  });
});

describe("the series of use", () => {
  it("tell by minutes where access tokens came from, and how long each connector's upstreams took", () => {
    const series = new UsageSeries(() => NOON);
    for (const origin of ["memory", "memory", "shared", "upstream", "failed"] as const) series.noteToken(origin);
    for (let index = 0; index < 18; index += 1) series.noteUpstream("odoo", 8, false);
    series.noteUpstream("odoo", 400, true);
    series.noteUpstream("odoo", 456, false);
    series.noteUpstream("anthropic", 1_000_000, true);
    const start = new Date(NOON);
    expect(series.tokens(1)).toEqual([{ start, memory: 2, shared: 1, upstream: 1, failed: 1 }]);
    expect(series.upstreams(1)).toEqual([
      { connector: "anthropic", minutes: [{ start, count: 1, failed: 1, meanMs: 1_000_000, p95Ms: 120_000 }] },
      { connector: "odoo", minutes: [{ start, count: 20, failed: 1, meanMs: 50, p95Ms: 500 }] },
    ]);
    expect(series.upstreams(2)[0]?.minutes[0]).toMatchObject({ count: 0, meanMs: null, p95Ms: null });
  });
});
