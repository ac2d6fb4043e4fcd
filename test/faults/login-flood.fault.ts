import type { Product } from "../support/product.ts";
import { ask } from "../support/rest.ts";
import { defineFault, type FaultOptions, type Figures } from "./support/define-fault.ts";
import { withNodes } from "./support/fault-nodes.ts";
import { percentile, watchHealth } from "./support/health-watch.ts";
import { memoryOf } from "./support/process-figures.ts";

const HASH_MIB = 64;
const HASHES_AT_ONCE = 2;
/** What requests, answers and the garbage collector take beside the hashes. */
const SPARE_MIB = 128;

/** How a sign-in was answered: looked at, told to come back with a time, or otherwise. */
async function signInOnce(node: Product, username: string): Promise<"evaluated" | "told to wait" | "otherwise"> {
  const { status, headers } = await ask(node, "POST /login", { form: { username, password: "a wrong guess" } });
  if (status === 401) return "evaluated";
  return (status === 429 || status === 503) && headers.has("retry-after") ? "told to wait" : "otherwise";
}

async function run({ count }: FaultOptions): Promise<Figures> {
  const atOnce = count(500, 100);
  return withNodes({ LOGIN_FAILURES_PER_IP: "1000000" }, async ({ nodes: [node] }) => {
    await signInOnce(node, "warm-up");
    const before = memoryOf(node.child);
    const health = watchHealth(node.url);
    const answers = await Promise.all(Array.from({ length: atOnce }, (_, index) => signInOnce(node, `user-${index}`)));
    const times = await health.stop();
    const counted = (wanted: string) => answers.filter((answer) => answer === wanted).length;
    return {
      cases: atOnce,
      figures: [
        { what: "looked at", value: counted("evaluated") },
        { what: "told to come back", value: counted("told to wait") },
        { what: "answered otherwise", value: counted("otherwise"), target: { exactly: 0 } },
        { what: "/health meanwhile, p50, ms", value: percentile(times, 0.5) },
        { what: "/health meanwhile, p99, ms", value: percentile(times, 0.99), target: { atMost: 250 } },
        {
          what: "most memory over that before, MiB",
          value: Math.round(memoryOf(node.child, "VmHWM") - before),
          target: { atMost: HASH_MIB * HASHES_AT_ONCE + SPARE_MIB },
        },
      ],
    };
  });
}

defineFault({
  name: "login-flood",
  about: "Five hundred sign-ins at once: two hashes run, some wait, the rest is told to come back; health answers, memory stays.",
  run,
});
