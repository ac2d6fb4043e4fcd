import { useEffect, useRef } from "react";
import { useAction } from "../../client/use-data.ts";
import { CancelRunDocument, type RunRowFragment } from "../../gql/graphql.ts";
import { Button } from "../../parts/button.tsx";
import { durationText } from "../../parts/duration.ts";
import { ProgressBar } from "../../parts/progress.tsx";
import { Card, Notice } from "../../parts/surface.tsx";
import { say, sayFailure } from "../../parts/toast.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./sync.module.css";
import { isOpen, usePace, useRun } from "./use-run.ts";

const words = texts.sync;

/** What a run brings from where, in words. */
export function whatOf({ resource, credential }: Pick<RunRowFragment, "resource" | "credential">): string {
  const name = words.resources[resource];
  return credential == null ? name : words.syncing(name, credential.label);
}

/** A run that is open: its bar, rows, rate and time left, and the way to stop it. `onEnd` is told once. */
export function LiveRun({ known, onEnd }: { readonly known: RunRowFragment; readonly onEnd: () => void }) {
  const { run, isPolling, isGone } = useRun(known);
  const { rowsPerSecond, msLeft } = usePace(run);
  const cancel = useAction(CancelRunDocument);
  const what = whatOf(known);
  useAnnouncedEnd(run, isGone, what, onEnd);
  const total = run.total ?? null;
  const rows = rowsText(run);
  return (
    <Card
      title={what}
      actions={
        <Button
          size="small"
          icon="close"
          aria-label={words.live.cancelOf(what)}
          isBusy={cancel.isRunning}
          onClick={() => void cancel.run({ id: run.id }).then(({ problem }) => problem !== null && sayFailure(problem.message))}
        >
          {words.live.cancel}
        </Button>
      }
    >
      <ProgressBar label={what} share={total === null || total === 0 ? null : run.processed / total} text={rows} />
      <p className={styles.figures}>
        <strong>{rows}</strong>
        {rowsPerSecond !== null && <span>{words.live.rate(rowsPerSecond)}</span>}
        {msLeft !== null && msLeft > 0 && <span>{words.live.left(durationText(Math.max(1_000, msLeft)))}</span>}
      </p>
      {isPolling && <Notice tone="warn">{words.live.polling}</Notice>}
    </Card>
  );
}

function rowsText({ status, total, processed }: RunRowFragment): string {
  if (status === "QUEUED") return words.live.queued;
  if (total == null) return processed === 0 ? words.live.counting : words.live.rowsSoFar(processed);
  return words.live.rows(processed, total);
}

function useAnnouncedEnd(run: RunRowFragment, isGone: boolean, what: string, onEnd: () => void): void {
  const isTold = useRef(false);
  const hasEnded = isGone || !isOpen(run);
  const { status } = run;
  useEffect(() => {
    if (!hasEnded || isTold.current) return;
    isTold.current = true;
    if (status === "SUCCEEDED" || status === "CANCELLED") say(words.done[status](what));
    if (status === "FAILED") sayFailure(words.done[status](what));
    onEnd();
  }, [hasEnded, status, what, onEnd]);
}
