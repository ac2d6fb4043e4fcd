import { GatewayError } from "../errors.ts";

export type BoundedQueue = {
  /** @throws {GatewayError} RATE_LIMITED at once when too many wait already. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** How many wait for their turn. */
  waiting(): number;
};

/**
 * Runs at most `atOnce` pieces of work at a time, in order of asking, and lets at most `waiting` wait for their turn.
 * What comes beyond that is refused instead of stored: a flood must not grow the memory.
 */
export function createBoundedQueue(limits: { readonly atOnce: number; readonly waiting: number }): BoundedQueue {
  const waiting: (() => void)[] = [];
  let running = 0;

  const takeTurn = (): Promise<void> => {
    if (running < limits.atOnce) {
      running += 1;
      return Promise.resolve();
    }
    if (waiting.length >= limits.waiting) {
      throw new GatewayError("RATE_LIMITED", "Too many sign-ins at once. Try again.", {
        retryAfterSeconds: 5,
        reason: "work-queue",
      });
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const passTurn = (): void => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };

  return {
    run: async (work) => {
      await takeTurn();
      try {
        return await work();
      } finally {
        passTurn();
      }
    },
    waiting: () => waiting.length,
  };
}
