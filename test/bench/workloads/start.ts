import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { MeDocument } from "../../api/gql/graphql.ts";
import { execute, spawnProduct } from "../../support/product.ts";
import { residentMiBOf } from "../process-cost.ts";
import { median, type TurnOptions } from "../turns.ts";
import { type BenchStore, environmentOf, type Target, type Workload } from "../workload.ts";

/** How long a process is left alone before its memory is read, in milliseconds. */
const IDLE_MS = 5_000;

/** What `npm start` gives Node beside the program. */
const [, NODE_OPTIONS = ""] = / node (--\S+) dist\/main\.js/.exec(readFileSync("package.json", "utf8")) ?? [];

async function startOnce(store: BenchStore): Promise<{ readonly seconds: number; readonly residentMiB: number }> {
  const { DATA_DIR, ...environment } = environmentOf(store);
  const begun = performance.now();
  const product = await spawnProduct({
    dataDir: DATA_DIR,
    environment: { NODE_ENV: "production", NODE_OPTIONS, ...environment },
  });
  try {
    await product.serving();
    await execute(product.url, MeDocument, {});
    const seconds = (performance.now() - begun) / 1_000;
    await sleep(IDLE_MS);
    return { seconds, residentMiB: residentMiBOf(product.child.pid ?? 0) };
  } finally {
    await product.end("SIGTERM");
  }
}

async function run(store: BenchStore, { rounds }: TurnOptions) {
  const starts: Awaited<ReturnType<typeof startOnce>>[] = [];
  for (let round = 0; round < rounds; round += 1) starts.push(await startOnce(store));
  const targets: Target[] = [
    { what: "s until the first answer", measured: median(starts.map(({ seconds }) => seconds)), wanted: 2, kind: "at most" },
    {
      what: "MiB resident when idle",
      measured: median(starts.map(({ residentMiB }) => residentMiB)),
      wanted: 150,
      kind: "at most",
    },
  ];
  return { workload: "START", about: start.about, figures: [], targets };
}

/** START: from the start of the process to its first answer, on a store that is there; and what it holds then. */
export const start: Workload = { id: "START", about: "npm start on an existing store, and its memory when idle", run };
