import { startScript } from "../script-process.ts";
import type { Figures } from "../turns.ts";
import type { BenchStore, Target, Workload } from "../workload.ts";

async function run(store: BenchStore) {
  const process = startScript("floors/rewrap.ts", { core: 0, env: { DATA_DIR: store.dataDir } });
  const { rewrapped, whole, bare } = JSON.parse(await process.nextLine()) as { rewrapped: number; whole: number; bare: number };
  const figure = (name: string, ms: number): Figures => ({
    name,
    requestsPerSecond: rewrapped / (ms / 1_000),
    p50: ms,
    p99: ms,
    cpuMs: ms / rewrapped,
    peakMiB: 0,
    failures: 0,
  });
  const targets: Target[] = [{ what: "times the bare crypto", measured: whole / bare, wanted: 4, kind: "at most" }];
  return { workload: "W8", about: rewrap.about, figures: [figure("rotation", whole), figure("bare crypto", bare)], targets };
}

/** W8: a rotation of the key-encryption key, over a copy of the store. */
export const rewrap: Workload = { id: "W8", about: "re-wrapping every data key of the store (keys a second, ms in all)", run };
