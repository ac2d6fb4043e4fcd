import { type Contestant, LOAD_CORE } from "./contestant.ts";
import type { LoadResult, Scenario } from "./load.ts";
import { startScript } from "./script-process.ts";

/** One contestant's medians over all its turns. */
export type Figures = {
  readonly name: string;
  readonly requestsPerSecond: number;
  /** In milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Server process, user and system, milliseconds a request. */
  readonly cpuMs: number;
  readonly peakMiB: number;
  readonly failures: number;
};

export type TurnOptions = {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly connections: number;
};

type Turn = LoadResult & { readonly cpuMs: number; readonly peakMiB: number };

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function summarise(name: string, turns: readonly Turn[]): Figures {
  const over = (pick: (turn: Turn) => number) => median(turns.map(pick));
  return {
    name,
    requestsPerSecond: over(({ requests, seconds }) => requests / seconds),
    p50: over(({ p50 }) => p50),
    p99: over(({ p99 }) => p99),
    cpuMs: over(({ cpuMs, requests }) => cpuMs / Math.max(1, requests)),
    peakMiB: Math.max(...turns.map(({ peakMiB }) => peakMiB)),
    failures: turns.reduce((sum, { failures }) => sum + failures, 0),
  };
}

/** After so many requests a server's code is compiled; on a busy machine the seconds alone do not get there. */
const WARM_AFTER = 2_000;
const LONGEST_WARM_UP = 5;

/** Loads until the server is warm, for at most five times as long as asked. */
async function warmUp(send: (seconds: number) => Promise<LoadResult>, seconds: number): Promise<void> {
  let requests = 0;
  for (let turn = 0; turn < LONGEST_WARM_UP && requests < WARM_AFTER; turn += 1) requests += (await send(seconds)).requests;
}

/**
 * Loads the contestants in turns, A B A B, so that whatever else the machine does meets all of them; each is warmed first. The load
 * comes from a process of its own, on another core.
 */
export async function takeTurns(
  contestants: readonly Contestant[],
  requestsOf: (contestant: Contestant) => readonly string[],
  options: TurnOptions,
): Promise<Figures[]> {
  const load = startScript("load.ts", { core: LOAD_CORE });
  const send = async (contestant: Contestant, seconds: number): Promise<Turn> => {
    const { connections } = options;
    const scenario: Scenario = {
      host: "127.0.0.1",
      port: contestant.port,
      requests: requestsOf(contestant),
      connections,
      seconds,
    };
    contestant.resetPeak();
    const before = contestant.cpuMs();
    load.child.stdin?.write(`${JSON.stringify(scenario)}\n`);
    const result = JSON.parse(await load.nextLine()) as LoadResult;
    return { ...result, cpuMs: contestant.cpuMs() - before, peakMiB: contestant.peakMiB() };
  };
  try {
    for (const contestant of contestants) await warmUp((seconds) => send(contestant, seconds), options.warmUpSeconds);
    const turns = new Map<Contestant, Turn[]>(contestants.map((contestant) => [contestant, []]));
    for (let round = 0; round < options.rounds; round += 1) {
      for (const contestant of contestants) turns.get(contestant)?.push(await send(contestant, options.seconds));
    }
    return contestants.map((contestant) => summarise(contestant.name, turns.get(contestant) ?? []));
  } finally {
    await load.stop();
  }
}
