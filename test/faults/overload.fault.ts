import type { Product } from "../support/product.ts";
import { defineFault, type FaultOptions, type Figures } from "./support/define-fault.ts";
import { withNode } from "./support/fault-nodes.ts";
import { percentile, watchHealth } from "./support/health-watch.ts";
import { type LoadResult, load, prepareRequests, WITHOUT_RATE_LIMITS } from "./support/service-load.ts";

const TIMES_CAPACITY = 3;
const SATURATING_CONNECTIONS = 64;
/** Until hot code is compiled, and until thousands of connections are open and have their first answers. */
const SETTLING_SECONDS = 3;

const perSecond = ({ served, seconds }: LoadResult) => served / seconds;

async function measure(node: Product, seconds: number): Promise<readonly [peak: number, over: LoadResult, health: number[]]> {
  const requests = await prepareRequests(node);
  const saturate = () => load(node, requests, { seconds, connections: SATURATING_CONNECTIONS });
  await load(node, requests, { seconds: SETTLING_SECONDS, connections: SATURATING_CONNECTIONS });
  const before = perSecond(await saturate());
  const health = watchHealth(node.url);
  const over = await load(node, requests, {
    seconds: seconds * 2,
    rate: before * TIMES_CAPACITY,
    settling: SETTLING_SECONDS,
  });
  const times = await health.stop();
  // On both sides of it, since other work on the machine comes and goes.
  return [(before + perSecond(await saturate())) / 2, over, times];
}

async function run({ isShort, count }: FaultOptions): Promise<Figures> {
  const seconds = count(10, 1);
  return withNode(WITHOUT_RATE_LIMITS, async (node) => {
    const [peak, over, times] = await measure(node, seconds);
    // A few seconds on a busy machine prove that it does not collapse; the long form proves the figures.
    const least = isShort ? 0.5 : 0.8;
    const slowest = isShort ? 1_000 : 250;
    return {
      cases: over.sent,
      figures: [
        { what: "most served at saturation, a second", value: Math.round(peak) },
        { what: "offered, a second", value: Math.round(over.sent / over.seconds) },
        { what: "not sent, since every connection waited, a second", value: Math.round(over.unsent / over.seconds) },
        { what: "served meanwhile, a second", value: Math.round(perSecond(over)) },
        { what: "of the most", value: Math.round((perSecond(over) / peak) * 100) / 100, target: { atLeast: least } },
        { what: "refused with a time to come back, %", value: Math.round((over.refused / over.sent) * 100) },
        { what: "answered otherwise", value: over.otherwise, target: { exactly: 0 } },
        { what: "connections lost", value: over.lost, target: { exactly: 0 } },
        { what: "served, p99, ms", value: over.p99 },
        { what: "/health meanwhile, p50, ms", value: percentile(times, 0.5) },
        { what: "/health meanwhile, p99, ms", value: percentile(times, 0.99), target: { atMost: slowest } },
      ],
    };
  });
}

defineFault({
  name: "overload",
  about:
    "Three times as much as it can do is asked for: it goes on doing what it can, tells the rest to come back, and is alive.",
  run,
});
