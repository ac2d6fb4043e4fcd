import { Counter, Family, Histogram } from "./cells.ts";
import { createRequestCells, type RequestCells } from "./request-cells.ts";
import { type TokenOrigin, UsageSeries } from "./usage-series.ts";

/** Seconds, from a cached answer to the longest login. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 100] as const;
const EVENTS = [1, 2, 4, 8, 16, 32, 64] as const;

/** A number that is asked for when somebody looks; null when it cannot be told just now. */
export type Reading = () => number | null | Promise<number | null>;

/** A value that goes up and down, by the values of its one label, if it has one. */
export type Gauge = {
  readonly name: string;
  readonly help: string;
  readonly label: string | null;
  readonly readings: ReadonlyMap<string, Reading>;
};

/** What is counted in this process, and the last day of it by minutes. Labels come from closed lists alone. */
export type Metrics = {
  readonly series: UsageSeries;
  readonly counters: readonly Family<Counter>[];
  readonly histograms: readonly Family<Histogram>[];
  readonly gauges: readonly Gauge[];
  /** Requests by method, route and outcome. */
  readonly requests: RequestCells;
  /** GraphQL operations by kind, field of the root type, and outcome, and how long they took. */
  readonly operations: { readonly counts: Family<Counter>; readonly seconds: Family<Histogram> };
  /** A caller's access token, by where it came from. */
  noteToken(origin: TokenOrigin): void;
  /** A caller who waited for a login that another had begun. */
  noteWait(milliseconds: number): void;
  /** A use of an upstream; `outcome` is `OK` or the code of what went wrong. */
  noteUpstream(connector: string, operation: string, milliseconds: number, outcome: string): void;
  /** A sign-in by password; `outcome` is `OK` or the code of what went wrong. */
  noteLogin(outcome: string): void;
  /** Events of the audit trail that were stored together. */
  noteAuditCommit(events: number, milliseconds: number): void;
  /** A request that was turned away although nothing was wrong with it. */
  noteRefusal(reason: string): void;
  /** Shows how many wait in a queue, or hold a place, from now on. */
  watchQueue(queue: string, read: Reading): void;
  /** Shows how many connections or writers of the store are in use. */
  watchStore(read: Reading): void;
  /** Shows how many upstream hosts are left alone just now. */
  watchBreakers(read: Reading): void;
};

/** Metrics of a process, all at nothing. */
export function createMetrics(): Metrics {
  const series = new UsageSeries();
  const { counters, histograms, requests, operations, tokens, waits, upstream, logins, refusals, batches, commits } =
    createFamilies();
  const queues = gauge("postern_queue_depth", "Work that waits, or holds one of a bounded number of places.", "queue");
  const store = gauge("postern_store_connections_in_use", "Connections of the store that are in use.");
  const breakers = gauge("postern_circuit_breakers_open", "Upstream hosts that are left alone since no connection came about.");
  return {
    series,
    counters,
    histograms,
    gauges: [queues, store, breakers],
    requests,
    operations,
    noteToken: (origin) => {
      tokens.of(origin).add();
      series.noteToken(origin);
    },
    noteWait: (milliseconds) => waits.of().observe(milliseconds / 1_000),
    noteUpstream: (connector, operation, milliseconds, outcome) => {
      upstream.of(connector, operation, outcome).observe(milliseconds / 1_000);
      series.noteUpstream(connector, milliseconds, outcome !== "OK");
    },
    noteLogin: (outcome) => logins.of(outcome).add(),
    noteAuditCommit: (events, milliseconds) => {
      batches.of().observe(events);
      commits.of().observe(milliseconds / 1_000);
    },
    noteRefusal: (reason) => refusals.of(reason).add(),
    watchQueue: (queue, read) => void queues.readings.set(queue, read),
    watchStore: (read) => void store.readings.set("", read),
    watchBreakers: (read) => void breakers.readings.set("", read),
  };
}

function createFamilies() {
  const counters: Family<Counter>[] = [];
  const histograms: Family<Histogram>[] = [];
  const counter = (name: string, help: string, ...labels: string[]) => {
    const family = new Family(`postern_${name}`, help, labels, () => new Counter());
    counters.push(family);
    return family;
  };
  const histogram = (name: string, help: string, bounds: readonly number[], ...labels: string[]) => {
    const family = new Family(`postern_${name}`, help, labels, () => new Histogram(bounds));
    histograms.push(family);
    return family;
  };
  return {
    counters,
    histograms,
    requests: createRequestCells(
      counter("http_requests_total", "Requests by route pattern; outcome is OK or an error code.", "method", "route", "outcome"),
      histogram("http_request_duration_seconds", "Time to answer a request.", SECONDS, "method", "route"),
    ),
    operations: {
      counts: counter("graphql_operations_total", "Fields of the root types asked for, by outcome.", "kind", "field", "outcome"),
      seconds: histogram("graphql_operation_duration_seconds", "Time of operations with the field.", SECONDS, "kind", "field"),
    },
    tokens: counter("access_tokens_total", "Upstream access tokens that callers got, by where they came from.", "origin"),
    waits: histogram("single_flight_wait_seconds", "Waits for an upstream login that another caller had begun.", SECONDS),
    upstream: histogram(
      "upstream_duration_seconds",
      "Uses of upstreams: tests, logins, reads, and calls until the answer begins.",
      SECONDS,
      "connector",
      "operation",
      "outcome",
    ),
    logins: counter("logins_total", "Sign-ins by password, by outcome.", "outcome"),
    refusals: counter("refused_requests_total", "Requests turned away with 429 or 503, by reason.", "reason"),
    batches: histogram("audit_batch_events", "Audit events that shared one commit.", EVENTS),
    commits: histogram("audit_commit_seconds", "Time to make a batch of audit events durable.", SECONDS),
  };
}

function gauge(name: string, help: string, label: string | null = null) {
  return { name, help, label, readings: new Map<string, Reading>() };
}
