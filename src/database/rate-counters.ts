import type { Clock } from "../identifiers.ts";
import type { Database } from "./database.ts";
import type { StatementTransaction } from "./prepared-statements.ts";

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

/** Counts by key; a key may hold what a caller typed or where it comes from: what is stored is a keyed digest of it. */
export type RateCounters = {
  /** Takes one of a window's points, or `taken` of them that were let through already. */
  consume(key: string, limit: RateLimit, taken?: number): Promise<RateVerdict>;
  /** What the window of each key holds, without taking anything. */
  look(keys: readonly string[]): Promise<readonly RateCount[]>;
  /** Gives back a point that should not have counted. */
  giveBack(key: string): Promise<void>;
  /** Takes a try: 0 when it may go on, else in how many whole seconds to come back. A try that has to wait is not counted. */
  tryAfterBackOff(key: string, backOff: BackOff): Promise<number>;
  forget(key: string): Promise<void>;
};

/**
 * Counts for all nodes of a store together, which outlive a restart. Each call is one statement, so that of many at once no more
 * get through than may; by prepared statements, since every sign-in counts several times before and after the password.
 */
export type RateLimiter = RateCounters & {
  /** Counts several keys by one commit. The work awaits nothing but these counters, and always takes keys in the same order. */
  together<Result>(work: (counters: RateCounters) => Promise<Result>): Promise<Result>;
  /** Deletes what is out of date; to be called every now and then. */
  sweep(): Promise<void>;
};

/** PostgreSQL's driver gives its great integers as text. */
type StoredCount = { readonly key: string; readonly count: number; readonly expiresAt: number | string };

const CONSUME = `INSERT INTO "RateCounter" ("key", "count", "blockedUntil", "expiresAt") VALUES ($1, $2, 0, $3)
  ON CONFLICT ("key") DO UPDATE SET
    "count" = excluded."count" + CASE WHEN "RateCounter"."expiresAt" <= $4 THEN 0 ELSE "RateCounter"."count" END,
    "expiresAt" = CASE WHEN "RateCounter"."expiresAt" > $5 AND "RateCounter"."expiresAt" <= excluded."expiresAt"
      THEN "RateCounter"."expiresAt" ELSE excluded."expiresAt" END
  RETURNING "key", "count", "expiresAt"`;

const TRY = `INSERT INTO "RateCounter" ("key", "count", "blockedUntil", "expiresAt") VALUES ($1, 1, $2, $3)
  ON CONFLICT ("key") DO UPDATE SET
    "count" = CASE WHEN "RateCounter"."expiresAt" <= $4 THEN 1 ELSE "RateCounter"."count" + 1 END,
    "blockedUntil" = CASE
      WHEN "RateCounter"."expiresAt" <= $5 THEN excluded."blockedUntil"
      WHEN "RateCounter"."count" + 1 < CAST($6 AS INTEGER) THEN 0
      WHEN "RateCounter"."count" + 1 - CAST($7 AS INTEGER) >= CAST($8 AS INTEGER) THEN $9
      ELSE CAST($10 AS BIGINT) + 1000 * (1 << ("RateCounter"."count" + 1 - CAST($11 AS INTEGER))) END,
    "expiresAt" = excluded."expiresAt"
  WHERE "RateCounter"."blockedUntil" <= $12
  RETURNING "key"`;

const GIVE_BACK = 'UPDATE "RateCounter" SET "count" = "count" - 1 WHERE "key" = $1 AND "count" > 0 RETURNING "key"';
const FIND_BLOCK = 'SELECT "blockedUntil" FROM "RateCounter" WHERE "key" = $1';
const SHORTEN_BLOCK = 'UPDATE "RateCounter" SET "blockedUntil" = $1 WHERE "key" = $2 AND "blockedUntil" = $3 RETURNING "key"';
const FORGET = 'DELETE FROM "RateCounter" WHERE "key" = $1 RETURNING "key"';

/** How far the clocks of nodes may differ, in milliseconds. */
const CLOCK_MARGIN_MS = 10_000;
/** Beyond this the doubling would leave the integers; no cap is longer. */
const MOST_DOUBLINGS = 16;

export type RateLimiterDeps = {
  readonly database: Database;
  readonly clock: Clock;
  /** Names a key in the store. */
  readonly digest: (key: string) => string;
};

/** Rate counters in the table `RateCounter`. */
export function createRateLimiter({ database, clock, digest }: RateLimiterDeps): RateLimiter {
  const now = () => clock.now().getTime();
  const secondsUntil = (end: number) => Math.max(1, Math.ceil((end - now()) / 1_000));
  const findCounts = `SELECT "key", "count", "expiresAt" FROM "RateCounter" WHERE "key" ${database.inList("$1")} AND "expiresAt" > $2`;

  const countersOf = (run: StatementTransaction["run"]): RateCounters => ({
    consume: async (key, { points, windowSeconds }, taken = 1) => {
      const at = now();
      const end = at + windowSeconds * 1_000;
      const [row] = await run<StoredCount>(CONSUME, [digest(key), taken, end, at, at]);
      const count = row?.count ?? taken;
      const resetSeconds = secondsUntil(Number(row?.expiresAt ?? end));
      return { allowed: count <= points, remaining: Math.max(0, points - count), resetSeconds };
    },
    look: async (keys) => {
      const names = keys.map(digest);
      const rows = await run<StoredCount>(findCounts, [JSON.stringify(names), now()]);
      return names.map((name) => {
        const row = rows.find(({ key }) => key === name);
        return { count: row?.count ?? 0, resetSeconds: secondsUntil(Number(row?.expiresAt ?? now())) };
      });
    },
    giveBack: async (key) => {
      await run(GIVE_BACK, [digest(key)]);
    },
    tryAfterBackOff: async (key, { free, longestSeconds, forgetSeconds }) => {
      const name = digest(key);
      const at = now();
      const end = at + forgetSeconds * 1_000;
      const longest = at + longestSeconds * 1_000;
      const doublings = Math.min(MOST_DOUBLINGS, Math.ceil(Math.log2(longestSeconds)));
      const first = free > 1 ? 0 : at + 1_000;
      const taken = await run(TRY, [name, first, end, at, at, free, free, doublings, longest, at, free, at]);
      if (taken.length > 0) return 0;
      const [blocked] = await run<{ blockedUntil: number | string }>(FIND_BLOCK, [name]);
      const blockedUntil = Number(blocked?.blockedUntil ?? at);
      if (blockedUntil <= longest + CLOCK_MARGIN_MS) return secondsUntil(blockedUntil);
      // Written by a clock that was ahead: without this it would hold until then.
      await run(SHORTEN_BLOCK, [longest, name, blockedUntil]);
      return longestSeconds;
    },
    forget: async (key) => {
      await run(FORGET, [digest(key)]);
    },
  });
  const alone = countersOf((sql, parameters) => database.transact(({ run }) => run(sql, parameters)));

  return {
    ...alone,
    look: countersOf(database.select).look,
    together: (work) => database.transact(({ run }) => work(countersOf(run))),
    sweep: async () => {
      await database.client.rateCounter.deleteMany({ where: { expiresAt: { lte: BigInt(now()) } } });
    },
  };
}
