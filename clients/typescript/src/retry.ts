import { NetworkError, RateLimitedError, ServerError } from "./errors.ts";

const FIRST_WAIT_MS = 200;
const LONGEST_BACK_OFF_MS = 5_000;
/** Longer than this nobody is kept waiting: a window of Postern's rate limits is a minute. */
const LONGEST_WAIT_MS = 65_000;

export type RetryOptions = {
  readonly retries: number;
  /** False for what may not happen twice: then only a request that was turned away at the door is sent again. */
  readonly isRepeatable: boolean;
  readonly signal?: AbortSignal | undefined;
};

/** The result of the first try that succeeds, else the error of the last; no other 4xx than 429 is tried again. */
export async function withRetries<Result>(attempt: () => Promise<Result>, options: RetryOptions): Promise<Result> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const waitMs = mayPass(error, options.isRepeatable) ? waitMsAfter(error, tries) : Number.POSITIVE_INFINITY;
      if (tries >= options.retries || waitMs > LONGEST_WAIT_MS) throw error;
      await sleep(waitMs, options.signal);
    }
  }
}

type PassingError = NetworkError | RateLimitedError | ServerError;

function mayPass(error: unknown, isRepeatable: boolean): error is PassingError {
  // GraphQL may say RATE_LIMITED of one field when others of the document have already been done.
  if (error instanceof RateLimitedError) return isRepeatable || error.status === 429;
  if (!isRepeatable) return false;
  // A record that cannot be opened will not open at the next try.
  return error instanceof NetworkError || (error instanceof ServerError && error.code !== "INTEGRITY_ERROR");
}

function waitMsAfter({ retryAfterSeconds = 0 }: PassingError, tries: number): number {
  const backOffMs = Math.min(LONGEST_BACK_OFF_MS, FIRST_WAIT_MS * 2 ** tries);
  // Jittered, so that many who failed together do not come back together.
  return Math.max(retryAfterSeconds * 1_000, backOffMs * (0.5 + Math.random() / 2));
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
  });
}
