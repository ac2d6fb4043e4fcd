import type { Product } from "../support/product.ts";
import { defineFault, type Figures } from "./support/define-fault.ts";
import { PASSWORD, withNode } from "./support/fault-nodes.ts";
import { memoryOf, openDescriptors, slopeOf } from "./support/process-figures.ts";
import { load, prepareRequests, WITHOUT_RATE_LIMITS } from "./support/service-load.ts";

/** Requests a second: what a company's machines ask for on a busy day. */
const RATE = 40;
const SAMPLES = 120;
/** Looks at the process for each sample. */
const LOOKS = 20;
const HOUR_MS = 3_600_000;
/** Caches are full, hot code is compiled and the heap has its size after this part of the time. */
const WARM = 1 / 3;

type Sample = { readonly at: number; readonly memory: number; readonly descriptors: number };

/** Somebody signs in between the machines' requests: a session, a password hash, two tokens. */
function signInRequest(): string {
  const query = `mutation { login(input: { username: "ada", password: "${PASSWORD}" }) { accessToken } }`;
  const body = JSON.stringify({ query });
  const head = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
  return `${head}content-length: ${body.length}\r\n\r\n${body}`;
}

/** Looks at the process until it is stopped, many times for each sample. */
function watch({ child }: Product, everyMs: number): { readonly samples: readonly Sample[]; stop(): void } {
  const samples: Sample[] = [];
  // A password hash holds 64 MiB while it is computed: what the process keeps is the least that it was seen with.
  let least = Number.POSITIVE_INFINITY;
  let looks = 0;
  const look = () => {
    least = Math.min(least, memoryOf(child));
    looks += 1;
    if (looks % LOOKS !== 0) return;
    samples.push({ at: Date.now(), memory: least, descriptors: openDescriptors(child) });
    least = Number.POSITIVE_INFINITY;
  };
  const timer = setInterval(look, everyMs / LOOKS);
  return {
    samples,
    stop: () => clearInterval(timer),
  };
}

async function soak(node: Product, seconds: number, isShort: boolean): Promise<Figures> {
  const requests = [...(await prepareRequests(node)), signInRequest()];
  const watching = watch(node, (seconds * 1_000) / SAMPLES);
  const { sent, unsent, otherwise, lost, refused, p99 } = await load(node, requests, { seconds, rate: RATE }).finally(() =>
    watching.stop(),
  );
  const { samples } = watching;
  const warm = samples.slice(Math.floor(samples.length * WARM));
  const mebibytes = slopeOf(warm.map(({ at, memory }) => [at / HOUR_MS, memory]));
  const descriptors = warm.map(({ descriptors }) => descriptors);
  return {
    cases: sent,
    figures: [
      { what: "seconds", value: Math.round(seconds) },
      { what: "not sent, since every connection waited", value: unsent, target: { exactly: 0 } },
      { what: "refused", value: refused, target: { exactly: 0 } },
      { what: "answered otherwise", value: otherwise, target: { exactly: 0 } },
      { what: "connections lost", value: lost, target: { exactly: 0 } },
      { what: "served, p99, ms", value: p99 },
      { what: "memory once warm, MiB", value: Math.round(warm[0]?.memory ?? 0) },
      { what: "memory in the end, MiB", value: Math.round(warm.at(-1)?.memory ?? 0) },
      // Of some seconds it would say how fast the process warms up.
      { what: "memory grows, MiB an hour", value: Math.round(mebibytes * 10) / 10, ...(!isShort && { target: { atMost: 1 } }) },
      {
        what: "descriptors more than at their fewest",
        value: Math.max(...descriptors) - Math.min(...descriptors),
        target: { atMost: RATE },
      },
    ],
  };
}

defineFault({
  name: "soak",
  about: "An hour of lists, reveals and sign-ins: all are answered, and neither memory nor open files grow.",
  run: ({ isShort, count }) => withNode(WITHOUT_RATE_LIMITS, (node) => soak(node, count(3_600, 6), isShort)),
});
