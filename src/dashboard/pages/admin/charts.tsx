import { useMemo, useState } from "react";
import { useData } from "../../client/use-data.ts";
import { AdminStatisticsDocument } from "../../gql/graphql.ts";
import { SelectField } from "../../parts/field.tsx";
import { Loaded, Stack } from "../../parts/page.tsx";
import { Card, Skeleton } from "../../parts/surface.tsx";
import type { Column } from "../../parts/table.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./admin.module.css";
import { ChartWithTable } from "./chart-with-table.tsx";
import { type Counted, countPerInterval, type Interval } from "./statistics.ts";

const words = texts.admin.overview;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const RANGES = {
  DAY: { count: 24, stepMs: HOUR_MS, interval: "HOUR" },
  WEEK: { count: 7, stepMs: DAY_MS, interval: "DAY" },
  MONTH: { count: 30, stepMs: DAY_MS, interval: "DAY" },
} as const;

type Range = keyof typeof RANGES;
type Span = { readonly from: Date; readonly to: Date; readonly stepMs: number };
type Chart = { readonly title: string; readonly isMeant: (event: Counted[number]) => boolean };

const CHARTS: readonly Chart[] = [
  { title: words.logins, isMeant: ({ action }) => action === "USER_SIGNED_IN" },
  { title: words.reveals, isMeant: ({ action }) => action === "CREDENTIAL_REVEALED" },
  { title: words.tokens, isMeant: ({ action }) => action === "ACCESS_TOKEN_ISSUED" },
  { title: words.calls, isMeant: ({ action }) => action === "UPSTREAM_CALLED" },
  { title: words.errors, isMeant: ({ outcome }) => outcome !== "SUCCEEDED" },
];

/** The range's whole hours or days of UTC, as the gateway counts them, the one under way included. */
function spanOf(range: Range): Span {
  const { count, stepMs } = RANGES[range];
  const to = (Math.floor(Date.now() / stepMs) + 1) * stepMs;
  return { from: new Date(to - count * stepMs), to: new Date(to), stepMs };
}

/** What happened over time, as bars and as tables. */
export function Charts() {
  const [range, setRange] = useState<Range>("DAY");
  const span = useMemo(() => spanOf(range), [range]);
  const { interval } = RANGES[range];
  const variables = { from: span.from.toISOString(), to: span.to.toISOString(), interval };
  const statistics = useData(AdminStatisticsDocument, variables);
  return (
    <Card title={words.charts}>
      <Stack>
        <div className={styles.range}>
          <SelectField label={words.range} value={range} onChange={({ target }) => setRange(target.value as Range)}>
            <option value="DAY">{words.ranges.DAY}</option>
            <option value="WEEK">{words.ranges.WEEK}</option>
            <option value="MONTH">{words.ranges.MONTH}</option>
          </SelectField>
        </div>
        <Loaded from={statistics} skeleton={<Skeleton rows={2} height="9rem" />}>
          {({ auditStatistics }) => (
            <div className={styles.charts}>
              {CHARTS.map(({ title, isMeant }) => (
                <OverTime
                  key={title}
                  title={title}
                  intervals={countPerInterval(auditStatistics, span, isMeant)}
                  isHourly={interval === "HOUR"}
                />
              ))}
            </div>
          )}
        </Loaded>
      </Stack>
    </Card>
  );
}

const HOURS = new Intl.DateTimeFormat("en", { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DAYS = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", timeZone: "UTC" });

type OverTimeProps = { readonly title: string; readonly intervals: readonly Interval[]; readonly isHourly: boolean };

function OverTime({ title, intervals, isHourly }: OverTimeProps) {
  const timeOf = ({ start }: Interval) => (isHourly ? HOURS : DAYS).format(start);
  const failed = intervals.reduce((sum, interval) => sum + interval.failed, 0);
  const all = intervals.reduce((sum, interval) => sum + interval.done, failed);
  const [first] = intervals;
  const columns: ReadonlyArray<Column<Interval>> = [
    { key: "time", title: words.time, cell: timeOf },
    { key: "done", title: words.succeeded, isNumber: true, cell: ({ done }) => done.toLocaleString("en") },
    { key: "failed", title: words.failed, isNumber: true, cell: (interval) => interval.failed.toLocaleString("en") },
  ];
  const busy = intervals.filter((interval) => interval.done + interval.failed > 0);
  return (
    <ChartWithTable
      chart={{
        title,
        summary: words.summary(all, failed),
        bars: intervals.map((interval) => ({
          key: interval.start.toISOString(),
          title: words.barOf(timeOf(interval), interval.done, interval.failed),
          parts: [
            { value: interval.done, tone: "accent" },
            { value: interval.failed, tone: "bad" },
          ],
        })),
        format: (value) => value.toLocaleString("en"),
        from: first === undefined ? "" : timeOf(first),
        to: words.now,
      }}
      table={{ columns, rows: busy, keyOf: ({ start }) => start.toISOString() }}
    />
  );
}
