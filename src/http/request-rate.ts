import type { RateLimit, RateLimiter, RateVerdict } from "../database/rate-counters.ts";
import { createEntryCache } from "../entry-cache.ts";
import type { Clock } from "../identifiers.ts";

/** Counts requests in memory, and settles with the counters of all nodes now and then: no request waits for the store. */
export type RequestRates = {
  /** Takes one of a window's points. */
  take(key: string, limit: RateLimit): RateVerdict;
  /** Resolves when nothing is being settled. */
  idle(): Promise<void>;
};

export type RequestRatesDeps = {
  readonly counters: Pick<RateLimiter, "consume">;
  readonly clock: Clock;
  /** Told when the counters could not be reached; counting goes on in memory. */
  readonly onFailure: (error: unknown) => void;
};

/** Requests of one key in one window: `settled` are those of all nodes, `pending` those that only this node knows of. */
type Tally = { settled: number; pending: number; endsAt: number; isSettling: boolean };

/** Most keys that are remembered; beyond it the least recent start over. */
const MAX_KEYS = 100_000;
/** A node settles after this part of the limit, so n nodes together let through at most n such parts too many. */
const SETTLED_PARTS = 10;
/** Most that is being settled at once: what a flood of addresses leaves to be settled waits for their next request. */
const MOST_SETTLING = 256;

/**
 * Request rates over shared counters: exact for one node, and at most a tenth of the limit off for each further one. However
 * many keys there are, it writes once for a tenth of a limit, and remembers a bounded number.
 */
export function createRequestRates({ counters, clock, onFailure }: RequestRatesDeps): RequestRates {
  const tallies = createEntryCache<string, Tally>(MAX_KEYS);
  const settling = new Set<Promise<void>>();

  const settle = async (key: string, limit: RateLimit, tally: Tally) => {
    tally.isSettling = true;
    const count = tally.pending;
    try {
      const { remaining, resetSeconds } = await counters.consume(key, limit, count);
      tally.settled = limit.points - remaining;
      tally.pending -= count;
      tally.endsAt = clock.now().getTime() + resetSeconds * 1_000;
    } catch (error) {
      onFailure(error);
    }
    tally.isSettling = false;
  };

  const open = (key: string, { windowSeconds }: RateLimit, now: number): Tally => {
    const tally = { settled: 0, pending: 0, endsAt: now + windowSeconds * 1_000, isSettling: false };
    tallies.set(key, tally);
    return tally;
  };

  return {
    take: (key, limit) => {
      const now = clock.now().getTime();
      const known = tallies.get(key);
      // No window ends later than one that begins now; the second is for what was rounded up.
      const isKnown = known !== undefined && known.endsAt > now && known.endsAt <= now + (limit.windowSeconds + 1) * 1_000;
      const tally = isKnown ? known : open(key, limit, now);
      const allowed = tally.settled + tally.pending < limit.points;
      if (allowed) tally.pending += 1;
      const isDue = tally.pending >= Math.ceil(limit.points / SETTLED_PARTS);
      if (isDue && !tally.isSettling && settling.size < MOST_SETTLING) {
        const settled = settle(key, limit, tally).finally(() => settling.delete(settled));
        settling.add(settled);
      }
      const remaining = Math.max(0, limit.points - tally.settled - tally.pending);
      return { allowed, remaining, resetSeconds: Math.max(1, Math.ceil((tally.endsAt - now) / 1_000)) };
    },
    idle: async () => {
      while (settling.size > 0) await Promise.all(settling);
    },
  };
}
