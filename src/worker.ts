import cluster from "node:cluster";

/** Longest time for what is under way to end after SIGTERM, in milliseconds. */
export const DRAIN_MS = 25_000;

/** What a worker says to its primary every so often. */
export const ALIVE = "alive";
const ALIVE_MS = 2_000;

/** The variable by which a primary tells a worker which one it is. */
export const WORKER_NUMBER = "POSTERN_WORKER";

/** Which of the processes that share the port this one is, from 1; null for one that serves alone. */
export function workerNumber(): number | null {
  return cluster.isWorker ? Number(process.env[WORKER_NUMBER]) : null;
}

/** From now on tells the primary that this worker's event loop turns; nothing for a process that serves alone. */
export function joinPrimary(): void {
  if (!cluster.isWorker) return;
  setInterval(() => {
    if (process.connected) process.send?.(ALIVE);
  }, ALIVE_MS).unref();
}
