import { writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { type HttpWorkload, runHttpWorkload } from "./http-workload.ts";
import { prepareStore } from "./store.ts";
import type { Figures, TurnOptions } from "./turns.ts";
import type { Workload, WorkloadResult } from "./workload.ts";
import { graphqlAccessToken, restAccessToken } from "./workloads/access-token.ts";
import { call } from "./workloads/call.ts";
import { list } from "./workloads/list.ts";
import { login } from "./workloads/login.ts";
import { graphqlReveal, restReveal } from "./workloads/reveal.ts";
import { rewrap } from "./workloads/rewrap.ts";
import { start } from "./workloads/start.ts";
import { contacts } from "./workloads/sync.ts";

const HELP = `npm run bench -- [--only W1,W2] [--credentials 1000,100000] [--rounds 5] [--seconds 2] [--connections 32] [--json FILE]
Measures the built product against its floors, in turns; DATABASE_URL measures on PostgreSQL. Stores are kept in the system's
folder for temporary files (postern-bench), to be filled once.`;

const http = (workload: HttpWorkload): Workload => ({
  ...workload,
  run: (store, options) => runHttpWorkload(workload, store, options),
});
const WORKLOADS: readonly Workload[] = [
  ...[restReveal, graphqlReveal, list, restAccessToken, graphqlAccessToken].map(http),
  call,
  login,
  contacts,
  rewrap,
  start,
];

function row(cells: readonly string[]): string {
  return cells.map((cell, place) => (place === 0 ? cell.padEnd(14) : cell.padStart(10))).join(" ");
}

function figureCells({ name, requestsPerSecond, p50, p99, cpuMs, peakMiB, failures }: Figures): string[] {
  return [
    name,
    requestsPerSecond.toFixed(0),
    p50.toFixed(2),
    p99.toFixed(2),
    cpuMs.toFixed(4),
    String(peakMiB),
    String(failures),
  ];
}

function print({ workload, about, figures, targets }: WorkloadResult, credentials: number): void {
  process.stdout.write(`\n${workload}  ${about}  (${credentials} credentials)\n`);
  process.stdout.write(`${row(["", "req/s", "p50 ms", "p99 ms", "CPU ms", "peak MiB", "failed"])}\n`);
  for (const figure of figures) process.stdout.write(`${row(figureCells(figure))}\n`);
  for (const { what, measured, wanted, kind } of targets) {
    const isMet = kind === "at least" ? measured >= wanted : measured <= wanted;
    process.stdout.write(`  ${isMet ? "met   " : "MISSED"} ${measured.toFixed(2)} ${what} (${kind} ${wanted})\n`);
  }
}

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    credentials: { type: "string", default: "1000" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    "warm-up": { type: "string", default: "6" },
    connections: { type: "string", default: "32" },
    json: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) process.stdout.write(`${HELP}\n`);
else await main();

async function main(): Promise<void> {
  const options: TurnOptions = {
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    warmUpSeconds: Number(values["warm-up"]),
    connections: Number(values.connections),
  };
  const wanted = values.only?.split(",");
  const results: (WorkloadResult & { readonly credentials: number })[] = [];
  process.stdout.write(
    `${new Date().toISOString()}  ${cpus()[0]?.model ?? ""}, ${cpus().length} cores, Node ${process.version}\n`,
  );
  for (const credentials of values.credentials.split(",").map(Number)) {
    const store = await prepareStore(path.join(tmpdir(), "postern-bench"), credentials, process.env.DATABASE_URL);
    for (const workload of WORKLOADS.filter(({ id }) => wanted === undefined || wanted.includes(id))) {
      const result = await workload.run(store, options);
      print(result, credentials);
      results.push({ ...result, credentials });
    }
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
}
