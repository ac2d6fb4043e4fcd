import { ABUSE_CASES, MEDIA_TYPE_CASES } from "../graphql/abuse-cases.ts";
import { RAW_CASES } from "../http/raw-cases.ts";
import { sendAbuse } from "../support/abuse.ts";
import { startGateway } from "../support/gateway.ts";
import { exchangeRaw } from "../support/raw-http.ts";
import { defineFault, type FaultOptions, type Figures } from "./support/define-fault.ts";
import { percentile, watchHealth } from "./support/health-watch.ts";

async function run({ count }: FaultOptions): Promise<Figures> {
  const gateway = await startGateway();
  const { token } = await gateway.signUp("ada");
  const health = watchHealth(gateway.url);
  const abuses = [...ABUSE_CASES, ...MEDIA_TYPE_CASES];
  const best = new Map<string, number>();
  const failed = new Set<string>();
  for (let round = 0; round < count(5, 1); round += 1) {
    for (const abuse of abuses) {
      const { faults, milliseconds } = await sendAbuse(gateway.url, abuse, token);
      if (faults.length > 0) failed.add(abuse.name);
      best.set(abuse.name, Math.min(milliseconds, best.get(abuse.name) ?? Number.POSITIVE_INFINITY));
    }
  }
  const exchanged = RAW_CASES.map(async ([, bytes, statuses]) => ({ statuses, found: await exchangeRaw(gateway.url, bytes) }));
  const raw = await Promise.all(exchanged);
  const times = await health.stop();
  const [slowest, slowestMs] = [...best].reduce((left, right) => (right[1] > left[1] ? right : left));
  return {
    cases: abuses.length + raw.length,
    figures: [
      { what: "GraphQL abuses that failed", value: failed.size, target: { exactly: 0 } },
      // Of a busy machine's rounds the fastest is what the refusal itself takes.
      { what: `slowest refusal (${slowest}), ms`, value: Math.round(slowestMs), target: { atMost: 300 } },
      { what: "/health meanwhile, p50, ms", value: percentile(times, 0.5) },
      { what: "/health meanwhile, p99, ms", value: percentile(times, 0.99), target: { atMost: 250 } },
      {
        what: "raw requests with an answer too many",
        value: raw.filter(({ statuses, found }) => found.statuses.length > statuses.length).length,
        target: { exactly: 0 },
      },
      {
        what: "raw requests that hang",
        value: raw.filter(({ found }) => found.statuses.length === 0 && !found.closed).length,
        target: { exactly: 0 },
      },
    ],
  };
}

defineFault({
  name: "edge-abuse",
  about: "Abuses of GraphQL and streams of raw bytes are refused, each once and soon, and the health check goes on answering.",
  run,
});
