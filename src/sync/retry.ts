import { type RetryPolicy, retry } from "../upstream/retry.ts";
import { untilAborted } from "../upstream/until-aborted.ts";

/** For the reads of a sync: a page that cannot be understood may be whole the next time. */
export const READ_RETRIES: RetryPolicy = {
  retries: 3,
  firstDelayMs: 500,
  longestDelayMs: 60_000,
  transientCodes: new Set(["UNREACHABLE", "TIMEOUT", "RATE_LIMITED", "UNEXPECTED_RESPONSE"]),
};

/**
 * Reads from an upstream, again after failures that may pass. Reads alone: a write could be done twice.
 * @throws what the last try threw, or the signal's reason
 */
export async function retryRead<Result>(read: () => Promise<Result>, policy: RetryPolicy, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  return untilAborted(retry(read, policy, signal), signal);
}
