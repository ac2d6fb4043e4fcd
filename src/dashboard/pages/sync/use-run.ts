import { useEffect, useRef, useState } from "react";
import { useData, useLive } from "../../client/use-data.ts";
import { type RunRowFragment, SyncRunByIdDocument, SyncRunLiveDocument } from "../../gql/graphql.ts";

/** A stream that says nothing for so long is held to be broken: something on the way may keep back what was sent. */
const QUIET_MS = 5_000;
const POLL_MS = 2_000;
/** The rate is that of the last so many milliseconds. */
const WINDOW_MS = 10_000;

/** True for a run that has not ended. */
export function isOpen({ status }: Pick<RunRowFragment, "status">): boolean {
  return status === "QUEUED" || status === "RUNNING";
}

type Watched = {
  readonly run: RunRowFragment;
  readonly isPolling: boolean;
  /** There is no such run any more: its credential was deleted. */
  readonly isGone: boolean;
};

/** A run as it goes: by the live stream, and by asking again and again while that is broken. */
export function useRun(known: RunRowFragment): Watched {
  const live = useLive(SyncRunLiveDocument, { id: known.id }, !isOpen(known));
  const streamed = live.data?.syncRunProgress;
  const [isQuiet, setQuiet] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every event starts the waiting anew
  useEffect(() => {
    setQuiet(false);
    const timer = setTimeout(() => setQuiet(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, [streamed]);
  const mayPoll = isOpen(streamed ?? known) && (live.problem !== null || isQuiet);
  const asked = useData(SyncRunByIdDocument, { id: known.id }, { pause: !mayPoll });
  const { reload } = asked;
  useEffect(() => {
    if (!mayPoll) return;
    const timer = setInterval(reload, POLL_MS);
    return () => clearInterval(timer);
  }, [mayPoll, reload]);
  const polled = asked.data?.syncRun;
  const run = newest([known, streamed, polled]);
  return { run, isPolling: mayPoll && live.problem !== null, isGone: asked.data?.syncRun === null };
}

/** What is known of a run only grows; whichever way was faster has it. */
function newest(known: ReadonlyArray<RunRowFragment | null | undefined>): RunRowFragment {
  const runs = known.filter((run): run is RunRowFragment => run != null);
  return runs.reduce((best, run) => {
    if (isOpen(best) !== isOpen(run)) return isOpen(best) ? run : best;
    return run.processed >= best.processed ? run : best;
  });
}

export type Pace = { readonly rowsPerSecond: number | null; readonly msLeft: number | null };

/** How fast the rows of a run arrive, over its last ten seconds, and how long the rest takes at that rate. */
export function usePace({ processed, total, status }: RunRowFragment): Pace {
  const samples = useRef<Array<{ readonly at: number; readonly rows: number }>>([]);
  if (status !== "RUNNING") return { rowsPerSecond: null, msLeft: null };
  const now = performance.now();
  if (samples.current.at(-1)?.rows !== processed) samples.current.push({ at: now, rows: processed });
  samples.current = samples.current.filter(({ at }, place, all) => now - at <= WINDOW_MS || place >= all.length - 2);
  const [first] = samples.current;
  const last = samples.current.at(-1);
  if (first === undefined || last === undefined || last.at - first.at < 250) return { rowsPerSecond: null, msLeft: null };
  const perMs = (last.rows - first.rows) / (last.at - first.at);
  const msLeft = total == null || perMs <= 0 ? null : Math.max(0, total - processed) / perMs;
  return { rowsPerSecond: Math.round(perMs * 1000), msLeft };
}
