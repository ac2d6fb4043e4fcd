import { type RetryPolicy, retry } from "../upstream/retry.ts";

/** For the reads of a sync: a page that cannot be understood may be whole the next time. */
export const READ_RETRIES: RetryPolicy = {
  retries: 3,
  firstDelayMs: 500,
  longestDelayMs: 60_000,
  transientCodes: new Set(["UNREACHABLE", "TIMEOUT", "RATE_LIMITED", "UNEXPECTED_RESPONSE"]),
};

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
export function retryRead<Result>(read: () => Promise<Result>, policy: RetryPolicy, signal: AbortSignal): Promise<Result> {
  return untilAborted(() => retry(read, policy, signal), signal);
}
