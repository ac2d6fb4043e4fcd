import { MinuteRing } from "./minute-ring.ts";

/** Where a caller's access token came from: this process, the cache of all nodes, a login upstream, or nowhere. */
const TOKEN_ORIGINS = ["memory", "shared", "upstream", "failed"] as const;
export type TokenOrigin = (typeof TOKEN_ORIGINS)[number];

export type TokenMinute = { readonly start: Date } & Readonly<Record<TokenOrigin, number>>;

/** `meanMs` and `p95Ms` are null in a minute without any use; `p95Ms` is the upper bound of its bucket. */
export type LatencyMinute = {
  readonly start: Date;
  readonly count: number;
  readonly failed: number;
  readonly meanMs: number | null;
  readonly p95Ms: number | null;
};

export type ConnectorLatency = { readonly connector: string; readonly minutes: readonly LatencyMinute[] };

const P95 = 0.95;
/** Upper bounds in milliseconds; what is above counts for the last. */
const BOUNDS_MS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 120_000] as const;
const [SUM_MS, FAILED, FIRST_BUCKET] = [0, 1, 2] as const;

/** What the last day looked like on this process, minute by minute. A restart forgets it: it is no record. */
export class UsageSeries {
  readonly #tokens: MinuteRing;
  readonly #upstreams = new Map<string, MinuteRing>();

  /** `now` is in milliseconds since 1970. */
  constructor(private readonly now: () => number = Date.now) {
    this.#tokens = new MinuteRing(TOKEN_ORIGINS.length, now);
  }

  noteToken(origin: TokenOrigin): void {
    this.#tokens.add(TOKEN_ORIGINS.indexOf(origin));
  }

  /** One use of an upstream by one of the known connectors. */
  noteUpstream(connector: string, milliseconds: number, isFailure: boolean): void {
    const ring = this.#upstreams.get(connector) ?? new MinuteRing(FIRST_BUCKET + BOUNDS_MS.length, this.now);
    this.#upstreams.set(connector, ring);
    const bucket = BOUNDS_MS.findIndex((bound) => milliseconds <= bound);
    ring.add(SUM_MS, milliseconds);
    if (isFailure) ring.add(FAILED);
    ring.add(FIRST_BUCKET + (bucket < 0 ? BOUNDS_MS.length - 1 : bucket));
  }

  /** Access tokens by where they came from, for the last so many minutes, at most a day's. */
  tokens(minutes: number): readonly TokenMinute[] {
    return this.#tokens.read(minutes).map(({ start, values: [memory = 0, shared = 0, upstream = 0, failed = 0] }) => {
      return { start, memory, shared, upstream, failed };
    });
  }

  /** How long upstreams took, by connector in the order of their names; connectors that were never used are left out. */
  upstreams(minutes: number): readonly ConnectorLatency[] {
    return [...this.#upstreams]
      .sort(([left], [right]) => left.localeCompare(right))
      .map(([connector, ring]) => ({ connector, minutes: ring.read(minutes).map(toLatency) }));
  }
}

function toLatency({ start, values }: { readonly start: Date; readonly values: readonly number[] }): LatencyMinute {
  const buckets = values.slice(FIRST_BUCKET);
  const count = buckets.reduce((sum, each) => sum + each, 0);
  const failed = values[FAILED] ?? 0;
  if (count === 0) return { start, count, failed, meanMs: null, p95Ms: null };
  let passed = 0;
  const bucket = buckets.findIndex((each) => {
    passed += each;
    return passed >= count * P95;
  });
  return { start, count, failed, meanMs: (values[SUM_MS] ?? 0) / count, p95Ms: BOUNDS_MS[bucket] ?? null };
}
