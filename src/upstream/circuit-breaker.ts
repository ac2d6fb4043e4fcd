import { createEntryCache } from "../entry-cache.ts";
import { ConnectionError } from "./connection-error.ts";

/** When a host is left alone: after `failures` in a row, for a second at first, twice as long each time, at most `longestRestMs`. */
export type BreakerLimits = { readonly failures: number; readonly longestRestMs: number };

const BREAKER_LIMITS: BreakerLimits = { failures: 10, longestRestMs: 30_000 };

/**
 * Keeps requests from hosts to which no connection comes about. Only that counts: what a host answers, or how long it thinks,
 * depends on the request, so one user's requests could shut out the others.
 */
export type CircuitBreaker = {
  /**
   * Runs what connects to the place (`host:port`), and learns from how it ends, unless the caller's `signal` ended it. Once the
   * place's rest is over, one caller at a time is let through to try it.
   * @throws {ConnectionError} UNREACHABLE with `retryAfterSeconds` while it rests; else what `connect` throws
   */
  run<Result>(place: string, connect: () => Promise<Result>, signal: AbortSignal): Promise<Result>;
  /** How many places are left alone now, or are to be tried by one caller first. */
  openCount(): number;
};

const FIRST_REST_MS = 1_000;
/** Places remembered; a user who makes up names pushes out the oldest. */
const MOST_PLACES = 10_000;

type Circuit = { failures: number; restsUntil: number; isProbed: boolean };

/** A breaker for the connections of one process. `now` is in milliseconds. */
export function createCircuitBreaker(limits: BreakerLimits = BREAKER_LIMITS, now = () => performance.now()): CircuitBreaker {
  const circuits = createEntryCache<string, Circuit>(MOST_PLACES);

  const noteFailure = (place: string) => {
    const circuit = circuits.get(place) ?? { failures: 0, restsUntil: 0, isProbed: false };
    circuit.failures += 1;
    const beyond = circuit.failures - limits.failures;
    if (beyond >= 0) circuit.restsUntil = now() + Math.min(FIRST_REST_MS * 2 ** Math.min(beyond, 16), limits.longestRestMs);
    circuits.set(place, circuit);
  };

  return {
    run: async (place, connect, signal) => {
      const circuit = circuits.get(place);
      const isOpen = circuit !== undefined && circuit.failures >= limits.failures;
      if (isOpen && (circuit.isProbed || now() < circuit.restsUntil)) throw resting(place, circuit.restsUntil - now());
      if (isOpen) circuit.isProbed = true;
      try {
        const result = await connect();
        circuits.delete(place);
        return result;
      } catch (error) {
        if (isFailure(error) && !signal.aborted) noteFailure(place);
        throw error;
      } finally {
        if (isOpen) circuit.isProbed = false;
      }
    },
    openCount: () => [...circuits.values()].filter(({ failures }) => failures >= limits.failures).length,
  };
}

function isFailure(error: unknown): boolean {
  return error instanceof ConnectionError && (error.code === "UNREACHABLE" || error.code === "TIMEOUT");
}

function resting(place: string, restMs: number): ConnectionError {
  const seconds = Math.max(1, Math.ceil(restMs / 1_000));
  const message = `${place} could not be reached many times in a row; it is resting until it is tried again in ${seconds} s.`;
  return new ConnectionError("UNREACHABLE", "CONNECT", message, { retryAfterSeconds: seconds });
}
