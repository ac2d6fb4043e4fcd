import { Button } from "../../parts/button.tsx";
import { ProgressBar } from "../../parts/progress.tsx";
import { Card, Notice } from "../../parts/surface.tsx";
import { texts } from "../../texts/texts.ts";
import type { useExport } from "./use-export.ts";

const words = texts.rows;

/** How far an export is, with the way to stop it; or what kept it from being made. */
export function ExportProgress({
  done,
  total,
  problem,
  stop,
}: Pick<ReturnType<typeof useExport>, "done" | "total" | "problem" | "stop">) {
  if (problem !== null)
    return (
      <Notice tone="bad" title={texts.problems.title} isAlert>
        {problem}
      </Notice>
    );
  if (done === null) return null;
  const text = words.export.progress(done, total);
  return (
    <Card
      title={words.export.title}
      description={words.export.safe}
      actions={
        <Button size="small" icon="close" onClick={stop}>
          {words.export.stop}
        </Button>
      }
    >
      <ProgressBar label={words.export.title} share={total === null ? null : done / total} text={text} />
      <p>{text}</p>
    </Card>
  );
}
