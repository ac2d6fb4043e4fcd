import { useEffect, useState } from "react";
import { useData } from "../../client/use-data.ts";
import { AdminUsageDocument, ConnectorsDocument } from "../../gql/graphql.ts";
import { SelectField } from "../../parts/field.tsx";
import { Loaded, Stack } from "../../parts/page.tsx";
import { Card, Skeleton } from "../../parts/surface.tsx";
import type { Column } from "../../parts/table.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./admin.module.css";
import { ChartWithTable } from "./chart-with-table.tsx";
import { groupLatencies, groupTokens, hitShareOf, type LatencyMinute, type TokenMinute } from "./usage.ts";

const words = texts.admin.usage;
const RANGES = { HOUR: [60, 1], SIX: [360, 10], DAY: [1_440, 60] } as const;
type Range = keyof typeof RANGES;

const REFRESH_MS = 30_000;
const CLOCK = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const timeOf = ({ start }: { readonly start: string }) => CLOCK.format(new Date(start));
const numberOf = (value: number) => value.toLocaleString("en", { maximumFractionDigits: 0 });
const millisecondsOf = (value: number | null | undefined) => (value == null ? words.none : words.milliseconds(numberOf(value)));
const keyOf = ({ start }: { readonly start: string }) => start;

/** What the process that answers has counted: where access tokens came from, and how long upstreams took. */
export function UsageCharts() {
  const [range, setRange] = useState<Range>("HOUR");
  const [minutes, size] = RANGES[range];
  const usage = useData(AdminUsageDocument, { minutes });
  const { data: known } = useData(ConnectorsDocument, {});
  const { reload } = usage;
  useEffect(() => {
    const timer = setInterval(reload, REFRESH_MS);
    return () => clearInterval(timer);
  }, [reload]);
  const nameOf = (id: string) => known?.connectors.find((connector) => connector.id === id)?.name ?? id;
  return (
    <Card title={words.title} description={words.description}>
      <Stack>
        <SelectField label={texts.admin.overview.range} value={range} onChange={({ target }) => setRange(target.value as Range)}>
          <option value="HOUR">{words.ranges.HOUR}</option>
          <option value="SIX">{words.ranges.SIX}</option>
          <option value="DAY">{words.ranges.DAY}</option>
        </SelectField>
        <Loaded from={usage} skeleton={<Skeleton rows={1} height="9rem" />}>
          {({ usage: { tokens, upstreams } }) => (
            <div className={styles.charts}>
              <TokenChart tokens={groupTokens(tokens, size)} />
              {upstreams.map(({ connector, minutes: each }) => (
                <LatencyChart key={connector} name={nameOf(connector)} latencies={groupLatencies(each, size)} />
              ))}
              {upstreams.length === 0 && <p className={styles.soft}>{words.noUpstreams}</p>}
            </div>
          )}
        </Loaded>
      </Stack>
    </Card>
  );
}

const TOKEN_COLUMNS: ReadonlyArray<Column<TokenMinute>> = [
  { key: "time", title: texts.admin.overview.time, cell: timeOf },
  { key: "memory", title: words.memory, isNumber: true, cell: ({ memory }) => numberOf(memory) },
  { key: "shared", title: words.shared, isNumber: true, cell: ({ shared }) => numberOf(shared) },
  { key: "upstream", title: words.upstream, isNumber: true, cell: ({ upstream }) => numberOf(upstream) },
  { key: "failed", title: words.failed, isNumber: true, cell: ({ failed }) => numberOf(failed) },
];

function TokenChart({ tokens }: { readonly tokens: readonly TokenMinute[] }) {
  const share = hitShareOf(tokens);
  return (
    <ChartWithTable
      chart={{
        title: words.tokens,
        summary: share === null ? texts.admin.overview.nothing : words.hitShare(share),
        legend: [
          { tone: "ok", text: words.memory },
          { tone: "accent", text: words.shared },
          { tone: "soft", text: words.upstream },
          { tone: "bad", text: words.failed },
        ],
        bars: tokens.map(({ memory, shared, upstream, failed, start }) => ({
          key: start,
          title: words.tokensOf(timeOf({ start }), memory + shared, upstream, failed),
          parts: [
            { value: memory, tone: "ok" },
            { value: shared, tone: "accent" },
            { value: upstream, tone: "soft" },
            { value: failed, tone: "bad" },
          ],
        })),
        format: numberOf,
        from: tokens[0] === undefined ? "" : timeOf(tokens[0]),
        to: texts.admin.overview.now,
      }}
      table={{
        columns: TOKEN_COLUMNS,
        rows: tokens.filter(({ memory, shared, upstream, failed }) => memory + shared + upstream + failed > 0),
        keyOf,
      }}
    />
  );
}

const LATENCY_COLUMNS: ReadonlyArray<Column<LatencyMinute>> = [
  { key: "time", title: texts.admin.overview.time, cell: timeOf },
  { key: "mean", title: words.mean, isNumber: true, cell: ({ meanMs }) => millisecondsOf(meanMs) },
  { key: "p95", title: words.p95, isNumber: true, cell: ({ p95Ms }) => millisecondsOf(p95Ms) },
  { key: "uses", title: words.uses, isNumber: true, cell: ({ count }) => numberOf(count) },
  { key: "failed", title: words.failedUses, isNumber: true, cell: ({ failed }) => numberOf(failed) },
];

function LatencyChart({ name, latencies }: { readonly name: string; readonly latencies: readonly LatencyMinute[] }) {
  const used = latencies.filter(({ count }) => count > 0);
  const slowest = Math.max(0, ...used.map(({ p95Ms }) => p95Ms ?? 0));
  return (
    <ChartWithTable
      chart={{
        title: words.latencyOf(name),
        summary: used.length === 0 ? texts.admin.overview.nothing : words.slowest(millisecondsOf(slowest)),
        legend: [
          { tone: "accent", text: words.mean },
          { tone: "soft", text: words.p95 },
        ],
        bars: latencies.map(({ start, meanMs, p95Ms, count, failed }) => ({
          key: start,
          title: words.latenciesOf(timeOf({ start }), millisecondsOf(meanMs), millisecondsOf(p95Ms), count, failed),
          parts: [
            { value: meanMs ?? 0, tone: "accent" },
            { value: Math.max(0, (p95Ms ?? 0) - (meanMs ?? 0)), tone: "soft" },
          ],
        })),
        format: millisecondsOf,
        from: latencies[0] === undefined ? "" : timeOf(latencies[0]),
        to: texts.admin.overview.now,
      }}
      table={{ columns: LATENCY_COLUMNS, rows: used, keyOf }}
    />
  );
}
