import type { Database } from "../../src/database/database.ts";
import { createRateLimiter, type RateLimiter } from "../../src/database/rate-counters.ts";
import type { Clock } from "../../src/identifiers.ts";
import { createBlindIndex } from "../../src/keys/blind-index.ts";

/** Counters over a test's store, named by a key that is the same for all of its nodes. */
export function openTestCounters(database: Database, clock: Clock): RateLimiter {
  return createRateLimiter({ database, clock, digest: createBlindIndex(Buffer.alloc(32, 9)) });
}
