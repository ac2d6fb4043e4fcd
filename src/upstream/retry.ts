import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionError, type ConnectionErrorCode } from "./connection-error.ts";

export type RetryPolicy = {
  /** How often a failed try is made again. */
  readonly retries: number;
  /** Before the first of these, in milliseconds; doubled with every one. */
  readonly firstDelayMs: number;
  /** An upstream that wants more patience than this gets none: the last error is thrown at once. */
  readonly longestDelayMs: number;
  /** Once this long has passed, a try that ran out of time was the last: who waits has been told to wait no longer than that. */
  readonly longestHangMs?: number;
  /** What may be gone a moment later. A refused password never is: to send it again could lock the account. */
  readonly transientCodes: ReadonlySet<ConnectionErrorCode>;
};

/** Give or take a quarter so that many do not come back together; at least what the upstream asked for. */
function delayBefore(retry: number, error: ConnectionError, { firstDelayMs }: RetryPolicy): number {
  const delay = firstDelayMs * 2 ** retry * (0.75 + randomInt(500) / 1_000);
  return Math.max(delay, (error.retryAfterSeconds ?? 0) * 1_000);
}

/**
 * Does what may be done twice, again after failures that may pass. Once the signal is aborted it is not tried again, and
 * nobody waits for another try.
 * @throws what the last try threw
 */
export async function retry<Result>(work: () => Promise<Result>, policy: RetryPolicy, signal: AbortSignal): Promise<Result> {
  const began = performance.now();
  for (let made = 0; ; made += 1) {
    try {
      return await work();
    } catch (error) {
      const mayPass = error instanceof ConnectionError && policy.transientCodes.has(error.code) && !signal.aborted;
      if (!mayPass || made >= policy.retries) throw error;
      const { longestHangMs = Number.POSITIVE_INFINITY } = policy;
      if (error.code === "TIMEOUT" && performance.now() - began >= longestHangMs) throw error;
      const delay = delayBefore(made, error, policy);
      if (delay > policy.longestDelayMs) throw error;
      await sleep(delay, undefined, { signal }).catch(() => {
        throw error;
      });
    }
  }
}
