import type { AdminStatisticsQuery } from "../../gql/graphql.ts";

export type Counted = AdminStatisticsQuery["auditStatistics"];

/** How many events of a chart there were in an hour or a day from `start` on. */
export type Interval = { readonly start: Date; readonly done: number; readonly failed: number };

/**
 * The events that `isMeant` picks, for every interval between two times, those without any included. `from` is the beginning
 * of an interval.
 */
export function countPerInterval(
  counted: Counted,
  { from, to, stepMs }: { readonly from: Date; readonly to: Date; readonly stepMs: number },
  isMeant: (event: Counted[number]) => boolean,
): readonly Interval[] {
  const sums = new Map<number, { done: number; failed: number }>();
  for (const event of counted) {
    if (!isMeant(event)) continue;
    const start = new Date(event.start).getTime();
    const sum = sums.get(start) ?? { done: 0, failed: 0 };
    sum[event.outcome === "SUCCEEDED" ? "done" : "failed"] += event.count;
    sums.set(start, sum);
  }
  const length = Math.ceil((to.getTime() - from.getTime()) / stepMs);
  return Array.from({ length }, (_, place) => {
    const start = from.getTime() + place * stepMs;
    return { start: new Date(start), ...(sums.get(start) ?? { done: 0, failed: 0 }) };
  });
}
