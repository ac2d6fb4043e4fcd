import type { Clock } from "../identifiers.ts";
import type { Database } from "./database.ts";

/** So many in so long. */
export type RateLimit = { readonly points: number; readonly windowSeconds: number };

export type RateVerdict = {
  readonly allowed: boolean;
  /** How many more the window takes. */
  readonly remaining: number;
  /** Until the count starts over, in whole seconds, at least one. */
  readonly resetSeconds: number;
};

/** How much was counted, and in how many whole seconds, at least one, the count starts over. */
export type RateCount = { readonly count: number; readonly resetSeconds: number };

/**
 * Waiting times that double: the first `free` tries go through at once, after each further one the next waits 1, 2, 4… seconds,
 * at most `longestSeconds`. All is forgotten when nothing was tried for `forgetSeconds`.
 */
export type BackOff = { readonly free: number; readonly longestSeconds: number; readonly forgetSeconds: number };

/**
 * Counts for all nodes of a store together, which outlive a restart. Each call is one statement, so that of many at once no more
 * get through than may. A key may hold what a caller typed or where it comes from: what is stored is a keyed digest of it.
 */
export type RateLimiter = {
  /** Takes one of a window's points, or `taken` of them that were let through already. */
  consume(key: string, limit: RateLimit, taken?: number): Promise<RateVerdict>;
  /** What the window of each key holds, without taking anything. */
  look(keys: readonly string[]): Promise<readonly RateCount[]>;
  /** Gives back a point that should not have counted. */
  giveBack(key: string): Promise<void>;
  /** Takes a try: 0 when it may go on, else in how many whole seconds to come back. A try that has to wait is not counted. */
  tryAfterBackOff(key: string, backOff: BackOff): Promise<number>;
  forget(key: string): Promise<void>;
  /** Deletes what is out of date; to be called every now and then. */
  sweep(): Promise<void>;
};

type Counted = { readonly count: number | bigint; readonly expiresAt: number | bigint };

/** How far the clocks of nodes may differ, in milliseconds. */
const CLOCK_MARGIN_MS = 10_000n;
/** Beyond this the doubling would leave the integers; no cap is longer. */
const MOST_DOUBLINGS = 16;

export type RateLimiterDeps = {
  readonly database: Database;
  readonly clock: Clock;
  /** Names a key in the store. */
  readonly digest: (key: string) => string;
};

export function createRateLimiter({ database, clock, digest }: RateLimiterDeps): RateLimiter {
  const { client } = database;
  const now = () => BigInt(clock.now().getTime());
  const secondsUntil = (end: bigint) => Math.max(1, Math.ceil(Number(end - now()) / 1_000));

  return {
    consume: async (key, { points, windowSeconds }, taken = 1) => {
      const name = digest(key);
      const at = now();
      const end = at + BigInt(windowSeconds) * 1_000n;
      const [row] = await client.$queryRaw<Counted[]>`
        INSERT INTO "RateCounter" ("key", "count", "blockedUntil", "expiresAt") VALUES (${name}, ${taken}, 0, ${end})
        ON CONFLICT ("key") DO UPDATE SET
          "count" = excluded."count" + CASE WHEN "RateCounter"."expiresAt" <= ${at} THEN 0 ELSE "RateCounter"."count" END,
          "expiresAt" = CASE WHEN "RateCounter"."expiresAt" BETWEEN ${at + 1n} AND ${end} THEN "RateCounter"."expiresAt"
            ELSE excluded."expiresAt" END
        RETURNING "count", "expiresAt"`;
      const count = Number(row?.count ?? taken);
      const resetSeconds = secondsUntil(BigInt(row?.expiresAt ?? end));
      return { allowed: count <= points, remaining: Math.max(0, points - count), resetSeconds };
    },
    look: async (keys) => {
      const names = keys.map(digest);
      const rows = await client.rateCounter.findMany({ where: { key: { in: names }, expiresAt: { gt: now() } } });
      return names.map((name) => {
        const row = rows.find(({ key }) => key === name);
        return { count: row?.count ?? 0, resetSeconds: secondsUntil(row?.expiresAt ?? now()) };
      });
    },
    giveBack: async (key) => {
      await client.rateCounter.updateMany({ where: { key: digest(key), count: { gt: 0 } }, data: { count: { decrement: 1 } } });
    },
    tryAfterBackOff: async (key, { free, longestSeconds, forgetSeconds }) => {
      const name = digest(key);
      const at = now();
      const end = at + BigInt(forgetSeconds) * 1_000n;
      const longest = at + BigInt(longestSeconds) * 1_000n;
      const doublings = Math.min(MOST_DOUBLINGS, Math.ceil(Math.log2(longestSeconds)));
      const taken = await client.$executeRaw`
        INSERT INTO "RateCounter" ("key", "count", "blockedUntil", "expiresAt")
        VALUES (${name}, 1, ${free > 1 ? 0n : at + 1_000n}, ${end})
        ON CONFLICT ("key") DO UPDATE SET
          "count" = CASE WHEN "RateCounter"."expiresAt" <= ${at} THEN 1 ELSE "RateCounter"."count" + 1 END,
          "blockedUntil" = CASE
            WHEN "RateCounter"."expiresAt" <= ${at} THEN excluded."blockedUntil"
            WHEN "RateCounter"."count" + 1 < CAST(${free} AS INTEGER) THEN 0
            WHEN "RateCounter"."count" + 1 - CAST(${free} AS INTEGER) >= CAST(${doublings} AS INTEGER) THEN ${longest}
            ELSE CAST(${at} AS BIGINT) + 1000 * (1 << ("RateCounter"."count" + 1 - CAST(${free} AS INTEGER))) END,
          "expiresAt" = excluded."expiresAt"
        WHERE "RateCounter"."blockedUntil" <= ${at}`;
      if (taken > 0) return 0;
      const blocked = await client.rateCounter.findUnique({ where: { key: name }, select: { blockedUntil: true } });
      const blockedUntil = blocked?.blockedUntil ?? at;
      if (blockedUntil <= longest + CLOCK_MARGIN_MS) return secondsUntil(blockedUntil);
      // Written by a clock that was ahead: without this it would hold until then.
      await client.rateCounter.updateMany({ where: { key: name, blockedUntil }, data: { blockedUntil: longest } });
      return longestSeconds;
    },
    forget: async (key) => {
      await client.rateCounter.deleteMany({ where: { key: digest(key) } });
    },
    sweep: async () => {
      await client.rateCounter.deleteMany({ where: { expiresAt: { lte: now() } } });
    },
  };
}
