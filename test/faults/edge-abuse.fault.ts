import { expect, it } from "vitest";
import { ABUSE_CASES, MEDIA_TYPE_CASES } from "../graphql/abuse-cases.ts";
import { RAW_CASES } from "../http/raw-cases.ts";
import { sendAbuse } from "../support/abuse.ts";
import { startGateway } from "../support/gateway.ts";
import { exchangeRaw } from "../support/raw-http.ts";

const ROUNDS = 3;
const PAUSE_MS = 20;

function percentile(times: readonly number[], part: number): number {
  const sorted = [...times].sort((left, right) => left - right);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
}

/** Asks for the health of a gateway over and over until it is stopped; the times that the answers took. */
function watchHealth(url: string) {
  const times: number[] = [];
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const begun = performance.now();
      await (await fetch(`${url}/health`)).text();
      times.push(performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await watching;
      return times;
    },
  };
}

it("scorecard 10 and 12: abuses and raw requests that failed, the slowest refusal, and the health check meanwhile", async () => {
  const gateway = await startGateway();
  const { token } = await gateway.signUp("ada");
  const health = watchHealth(gateway.url);
  const abuses = [...ABUSE_CASES, ...MEDIA_TYPE_CASES];
  const best = new Map<string, number>();
  const failed = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const abuse of abuses) {
      const { faults, milliseconds } = await sendAbuse(gateway.url, abuse, token);
      if (faults.length > 0) failed.add(abuse.name);
      best.set(abuse.name, Math.min(milliseconds, best.get(abuse.name) ?? Number.POSITIVE_INFINITY));
    }
  }
  const raw = await Promise.all(
    RAW_CASES.map(async ([name, bytes, statuses]) => ({ name, statuses, found: await exchangeRaw(gateway.url, bytes) })),
  );
  const extra = raw.filter(({ statuses, found }) => found.statuses.length > statuses.length);
  const hung = raw.filter(({ found }) => found.statuses.length === 0 && !found.closed);
  const times = await health.stop();
  const slowest = [...best].sort(([, left], [, right]) => right - left)[0];
  // Of a busy machine's rounds the fastest is what the refusal itself takes.
  process.stdout.write(
    [
      `GraphQL abuse: ${failed.size} failed of ${abuses.length}; slowest ${Math.round(slowest?.[1] ?? 0)} ms (${slowest?.[0]})`,
      `/health meanwhile: p50 ${percentile(times, 0.5)} ms, p99 ${percentile(times, 0.99)} ms of ${times.length}`,
      `Raw HTTP: ${extra.length} extra answers, ${hung.length} hung sockets of ${RAW_CASES.length}\n`,
    ].join("\n"),
  );
  expect([[...failed], extra.length, hung.length]).toEqual([[], 0, 0]);
});
