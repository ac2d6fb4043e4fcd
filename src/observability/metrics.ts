import { Counter, Family, Histogram } from "./cells.ts";
import { type TokenOrigin, UsageSeries } from "./usage-series.ts";

/** Seconds, from a cached answer to the longest login. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 100] as const;

/** What is counted in this process, and the last day of it by minutes. Labels come from closed lists alone. */
export type Metrics = {
  readonly series: UsageSeries;
  readonly counters: readonly Family<Counter>[];
  readonly histograms: readonly Family<Histogram>[];
  /** A caller's access token, by where it came from. */
  noteToken(origin: TokenOrigin): void;
  /** A caller who waited for a login that another had begun. */
  noteWait(milliseconds: number): void;
  /** A use of an upstream; `outcome` is `OK` or the code of what went wrong. */
  noteUpstream(connector: string, operation: string, milliseconds: number, outcome: string): void;
};

/** Metrics of a process, all at nothing. */
export function createMetrics(): Metrics {
  const series = new UsageSeries();
  const counter = (name: string, help: string, labels: readonly string[]) =>
    new Family(`postern_${name}`, help, labels, () => new Counter());
  const histogram = (name: string, help: string, labels: readonly string[], bounds: readonly number[] = SECONDS) =>
    new Family(`postern_${name}`, help, labels, () => new Histogram(bounds));

  const tokens = counter("access_tokens_total", "Upstream access tokens handed out, by where they came from.", ["origin"]);
  const waits = histogram("single_flight_wait_seconds", "Waits for an upstream login that another caller had begun.", []);
  const upstream = histogram("upstream_duration_seconds", "Uses of upstreams: tests, logins, reads, calls to their first byte.", [
    "connector",
    "operation",
    "outcome",
  ]);
  return {
    series,
    counters: [tokens],
    histograms: [waits, upstream],
    noteToken: (origin) => {
      tokens.of(origin).add();
      series.noteToken(origin);
    },
    noteWait: (milliseconds) => waits.of().observe(milliseconds / 1_000),
    noteUpstream: (connector, operation, milliseconds, outcome) => {
      upstream.of(connector, operation, outcome).observe(milliseconds / 1_000);
      series.noteUpstream(connector, milliseconds, outcome !== "OK");
    },
  };
}
