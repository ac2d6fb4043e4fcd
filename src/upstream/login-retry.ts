import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionError, type ConnectionErrorCode } from "./connection-error.ts";

const TRIES = 3;
const FIRST_DELAY_MS = 300;
/** An upstream that wants callers to wait for longer gets its wish, but nobody is kept waiting for it here. */
const LONGEST_DELAY_MS = 5_000;

/** What may be gone a moment later. A refused password never is: to send it again could lock the account. */
const TRANSIENT_CODES: ReadonlySet<ConnectionErrorCode> = new Set(["UNREACHABLE", "TIMEOUT", "RATE_LIMITED"]);

/** Doubled with every try, give or take a quarter so that many logins do not come back together; at least `Retry-After`. */
function delayAfter(attempt: number, error: ConnectionError): number {
  const delay = FIRST_DELAY_MS * 2 ** (attempt - 1) * (0.75 + randomInt(500) / 1_000);
  return Math.max(delay, (error.retryAfterSeconds ?? 0) * 1_000);
}

/** Logs in, up to three times where the failure may pass. @throws what the last try threw */
export async function retryLogin<Result>(login: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await login();
    } catch (error) {
      const mayPass = error instanceof ConnectionError && TRANSIENT_CODES.has(error.code) && !signal.aborted;
      if (!mayPass || attempt >= TRIES) throw error;
      const delay = delayAfter(attempt, error);
      if (delay > LONGEST_DELAY_MS) throw error;
      await sleep(delay, undefined, { signal }).catch(() => {
        throw error;
      });
    }
  }
}
