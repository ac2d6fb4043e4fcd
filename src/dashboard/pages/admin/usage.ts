import type { AdminUsageQuery } from "../../gql/graphql.ts";

export type TokenMinute = AdminUsageQuery["usage"]["tokens"][number];
export type LatencyMinute = AdminUsageQuery["usage"]["upstreams"][number]["minutes"][number];

/** The minutes in groups of so many, in their order; the last group ends with the last minute. */
function groupsOf<Each>(minutes: readonly Each[], size: number): readonly (readonly Each[])[] {
  const first = minutes.length % size;
  const groups = Array.from({ length: Math.floor(minutes.length / size) }, (_, place) =>
    minutes.slice(first + place * size, first + (place + 1) * size),
  );
  return first === 0 ? groups : [minutes.slice(0, first), ...groups];
}

const sumOf = <Each>(minutes: readonly Each[], pick: (minute: Each) => number) =>
  minutes.reduce((sum, minute) => sum + pick(minute), 0);

/** Access tokens in groups of minutes, each with the beginning of its first. */
export function groupTokens(minutes: readonly TokenMinute[], size: number): readonly TokenMinute[] {
  return groupsOf(minutes, size).map((group) => ({
    start: group[0]?.start ?? "",
    memory: sumOf(group, ({ memory }) => memory),
    shared: sumOf(group, ({ shared }) => shared),
    upstream: sumOf(group, ({ upstream }) => upstream),
    failed: sumOf(group, ({ failed }) => failed),
  }));
}

/** Latencies in groups of minutes: the mean of all uses, and as 95th percentile that of the slowest minute. */
export function groupLatencies(minutes: readonly LatencyMinute[], size: number): readonly LatencyMinute[] {
  return groupsOf(minutes, size).map((group) => {
    const count = sumOf(group, (minute) => minute.count);
    const used = group.flatMap(({ p95Ms }) => p95Ms ?? []);
    return {
      start: group[0]?.start ?? "",
      count,
      failed: sumOf(group, ({ failed }) => failed),
      meanMs: count === 0 ? null : sumOf(group, (minute) => (minute.meanMs ?? 0) * minute.count) / count,
      p95Ms: used.length === 0 ? null : Math.max(...used),
    };
  });
}

/** How many of a hundred tokens came from a cache; null when none was handed out. */
export function hitShareOf(tokens: readonly TokenMinute[]): number | null {
  const hits = sumOf(tokens, ({ memory, shared }) => memory + shared);
  const all = hits + sumOf(tokens, ({ upstream, failed }) => upstream + failed);
  return all === 0 ? null : Math.round((hits / all) * 100);
}
