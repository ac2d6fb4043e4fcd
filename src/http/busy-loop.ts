import { performance } from "node:perf_hooks";

/** Whether the event loop of this process has anything left to give. */
export type BusyLoop = {
  /** True while the loop has no rest and enough is under way to keep it so: more at once would only make all of it slower. */
  isOccupied(): boolean;
  close(): void;
};

const LOOK_MS = 50;
/** Part of the time in which a loop that is busy does something. */
const BUSY = 0.95;
/** Requests under way that keep a loop busy and share their commits; those that wait for something else come on top. */
const ENOUGH = 64;

/**
 * Watches the event loop. Whatever is under way while the loop rests waits for something that is not this process (an upstream, a
 * database, a sync), and does not count: a thousand callers of one slow upstream keep nobody out.
 */
export function watchLoop(countInFlight: () => number): BusyLoop {
  let last = performance.eventLoopUtilization();
  let isBusy = false;
  let resting = 0;
  const look = () => {
    const current = performance.eventLoopUtilization();
    isBusy = performance.eventLoopUtilization(current, last).utilization > BUSY;
    last = current;
    resting = isBusy ? Math.min(resting, countInFlight()) : countInFlight();
  };
  const looking = setInterval(look, LOOK_MS).unref();
  return { isOccupied: () => isBusy && countInFlight() >= resting + ENOUGH, close: () => clearInterval(looking) };
}
