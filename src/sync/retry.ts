import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionError, type ConnectionErrorCode } from "../upstream/connection-error.ts";

/** How often a failed read is tried again, and how long to wait before the first of these, in milliseconds. */
export type RetryPolicy = { readonly retries: number; readonly firstDelayMs: number };

export const READ_RETRIES: RetryPolicy = { retries: 3, firstDelayMs: 500 };

/** An upstream that wants more patience than this gets none: the run ends and says so. */
const LONGEST_DELAY_MS = 60_000;

/** What may be gone a moment later. A refused password never is: asking again could lock the account. */
const TRANSIENT_CODES: ReadonlySet<ConnectionErrorCode> = new Set([
  "UNREACHABLE",
  "TIMEOUT",
  "RATE_LIMITED",
  "UNEXPECTED_RESPONSE",
]);

/** Doubled with every try, give or take a quarter so that many runs do not come back together; at least what the upstream asked for. */
function delayBefore(retry: number, error: ConnectionError, { firstDelayMs }: RetryPolicy): number {
  const delay = firstDelayMs * 2 ** retry;
  return Math.max(delay * (0.75 + randomInt(500) / 1_000), (error.retryAfterSeconds ?? 0) * 1_000);
}

/** Settles as the work does, or rejects with the signal's reason as soon as it is aborted, even if the work hangs. */
async function untilAborted<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  const { promise, stop } = rejectionOf(signal);
  return Promise.race([work(), promise]).finally(stop);
}

function rejectionOf(signal: AbortSignal): { readonly promise: Promise<never>; readonly stop: () => void } {
  let stop = () => {};
  const promise = new Promise<never>((_, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    stop = () => signal.removeEventListener("abort", onAbort);
  });
  return { promise, stop };
}

/**
 * Reads from an upstream, again after failures that may pass. Reads alone: a write could be done twice.
 * @throws what the last try threw, or the signal's reason
 */
export async function retryRead<Result>(read: () => Promise<Result>, policy: RetryPolicy, signal: AbortSignal): Promise<Result> {
  for (let retry = 0; ; retry += 1) {
    try {
      return await untilAborted(read, signal);
    } catch (error) {
      const mayPass = error instanceof ConnectionError && TRANSIENT_CODES.has(error.code) && !signal.aborted;
      if (!mayPass || retry >= policy.retries) throw error;
      const delay = delayBefore(retry, error, policy);
      if (delay > LONGEST_DELAY_MS) throw error;
      await untilAborted(() => sleep(delay, undefined, { signal }), signal);
    }
  }
}
