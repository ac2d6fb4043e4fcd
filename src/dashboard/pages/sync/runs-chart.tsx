import type { RunRowFragment } from "../../gql/graphql.ts";
import { BarChart, type ChartTone } from "../../parts/chart.tsx";
import { durationText } from "../../parts/duration.ts";
import { Card } from "../../parts/surface.tsx";
import { relativeTime } from "../../parts/time.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./sync.module.css";

const words = texts.sync.chart;
const MOST = 30;

const TONES: Readonly<Record<string, ChartTone>> = { FAILED: "bad", CANCELLED: "soft" };

/** Rows and duration of the last runs that have ended, the newest at the right. */
export function RunsChart({ runs }: { readonly runs: readonly RunRowFragment[] }) {
  const ended = runs.flatMap((run) => {
    const { startedAt, finishedAt } = run;
    return startedAt == null || finishedAt == null
      ? []
      : [{ run, ms: new Date(finishedAt).getTime() - new Date(startedAt).getTime() }];
  });
  const shown = ended.slice(0, MOST).reverse();
  const last = shown.at(-1);
  if (last === undefined || shown.length < 2) return null;
  const now = new Date();
  const at = ({ run }: typeof last) => relativeTime(new Date(run.createdAt), now);
  const tone = ({ run }: typeof last) => TONES[run.status] ?? "accent";
  const rowsText = (rows: number) => rows.toLocaleString("en");
  return (
    <Card title={words.title}>
      <div className={styles.charts}>
        <BarChart
          title={words.rows}
          summary={words.summary(shown.length, rowsText(last.run.processed))}
          bars={shown.map((one) => ({
            key: one.run.id,
            title: words.rowsOf(at(one), one.run.processed),
            parts: [{ value: one.run.processed, tone: tone(one) }],
          }))}
          format={rowsText}
          from={words.oldest}
          to={words.newest}
        />
        <BarChart
          title={words.duration}
          summary={words.summary(shown.length, durationText(last.ms))}
          bars={shown.map((one) => ({
            key: one.run.id,
            title: words.durationOf(at(one), durationText(one.ms)),
            parts: [{ value: one.ms, tone: tone(one) }],
          }))}
          format={durationText}
          from={words.oldest}
          to={words.newest}
        />
      </div>
    </Card>
  );
}
