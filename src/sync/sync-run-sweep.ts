import type { Config } from "../config.ts";
import { createGradualSweep, SWEPT_AT_ONCE } from "../database/gradual-sweep.ts";
import { DAY_MS } from "../durations.ts";
import type { Clock } from "../identifiers.ts";
import type { SyncRunRepository } from "./sync-run.repository.ts";

export type RunSweepDependencies = {
  readonly runs: Pick<SyncRunRepository, "findPlaces" | "deleteOutlived">;
  readonly clock: Clock;
  readonly config: Pick<Config, "SYNC_RUN_DAYS">;
};

/**
 * Forgets runs that ended more than `SYNC_RUN_DAYS` ago, but for the newest of each credential and resource, a bounded number of
 * rows at a call. That they were, and what came of them, stays in the audit trail.
 */
export function createRunSweep({ runs, clock, config }: RunSweepDependencies): () => Promise<void> {
  return createGradualSweep<string>(async (after) => {
    const before = new Date(clock.now().getTime() - config.SYNC_RUN_DAYS * DAY_MS);
    const places = await runs.findPlaces(after, SWEPT_AT_ONCE);
    await runs.deleteOutlived(places.flatMap(({ id, finishedAt }) => (finishedAt !== null && finishedAt < before ? [id] : [])));
    const last = places.at(-1);
    // Ids ascend with time: behind one that was queued too late all were.
    return last === undefined || last.createdAt >= before ? null : last.id;
  }, clock);
}
