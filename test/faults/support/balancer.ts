import { setTimeout as sleep } from "node:timers/promises";

const PROBE_MS = 100;

/** A client that spreads requests over nodes in turn, as a balancer that asks each for its readiness and never repeats a request. */
export type Balancer = {
  /** Sends a request to the next ready node. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** True while a node is believed to be ready. */
  isReady(node: number): boolean;
  stop(): Promise<void>;
};

/** Balances over the URLs; `/health/ready` of each is asked ten times a second. */
export function startBalancer(urls: readonly string[]): Balancer {
  const ready = urls.map(() => false);
  let turn = 0;
  let isOver = false;
  const probe = async (node: number) => {
    while (!isOver) {
      const answer = await fetch(`${urls[node]}/health/ready`).catch(() => null);
      const text = (await answer?.text().catch(() => "")) ?? "";
      // A machine that is too slow for the load fails probes too: only whoever stops or is gone is left out.
      if (answer?.status === 200) ready[node] = true;
      else if (text === "" || text.includes("stopping")) ready[node] = false;
      await sleep(PROBE_MS);
    }
  };
  const probing = urls.map((_, node) => probe(node));
  const next = (): string => {
    for (let step = 0; step < urls.length; step += 1) {
      turn = (turn + 1) % urls.length;
      if (ready[turn]) return urls[turn] as string;
    }
    throw new Error("No node is ready");
  };
  return {
    fetch: (path, init) => fetch(`${next()}${path}`, init),
    isReady: (node) => ready[node] ?? false,
    stop: async () => {
      isOver = true;
      await Promise.all(probing);
    },
  };
}
