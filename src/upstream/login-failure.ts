import type { LoginFailure } from "./access-token.repository.ts";
import { ConnectionError } from "./connection-error.ts";

/** A refused password is not sent again for this long, so that the upstream's own lock-out is not brought about by us. */
const REJECTED_MS = 60_000;
/** From this failure in a row on, callers are kept from an upstream that is down: a second, doubled each time. */
const BACK_OFF_FROM = 3;
const FIRST_BACK_OFF_MS = 1_000;
const LONGEST_BACK_OFF_MS = 30_000;
/** The longest wait that an upstream can ask for, in milliseconds. */
const LONGEST_WISH_MS = 15 * 60_000;

/** How far the clocks of nodes may differ, in milliseconds. */
const CLOCK_MARGIN_MS = 10_000;

/** How a login's failure is remembered, given how many came before it in a row. */
export function failureAfter(error: ConnectionError, failures: number, now: Date): LoginFailure {
  const waitMs = waitAfter(error, failures + 1);
  return { code: error.code, message: error.message, retryAt: waitMs === 0 ? null : new Date(now.getTime() + waitMs) };
}

function waitAfter({ code, retryAfterSeconds = 0 }: ConnectionError, failures: number): number {
  const wish = Math.min(retryAfterSeconds * 1_000, LONGEST_WISH_MS);
  if (code === "CREDENTIAL_REJECTED") return Math.max(REJECTED_MS, wish);
  if (failures < BACK_OFF_FROM) return wish;
  return Math.max(wish, Math.min(FIRST_BACK_OFF_MS * 2 ** (failures - BACK_OFF_FROM), LONGEST_BACK_OFF_MS));
}

/** For how long the upstream is left alone, in milliseconds; no wait is longer than the longest, however the clock was set. */
export function restMs({ retryAt }: LoginFailure, now: Date): number {
  const waitMs = (retryAt?.getTime() ?? 0) - now.getTime();
  return waitMs > LONGEST_WISH_MS + CLOCK_MARGIN_MS ? 0 : Math.max(0, waitMs);
}

/** The failure as callers are told it: why, and for how long the upstream is left alone. */
export function toConnectionError(failure: LoginFailure, now: Date): ConnectionError {
  const { code, message } = failure;
  const waitMs = restMs(failure, now);
  if (waitMs <= 0) return new ConnectionError(code, "AUTHENTICATE", message);
  const seconds = Math.ceil(waitMs / 1_000);
  const until = code === "CREDENTIAL_REJECTED" ? " or until the credential is changed" : "";
  const told = `${message} Postern does not ask it again for ${seconds} s${until}.`;
  return new ConnectionError(code, "AUTHENTICATE", told, { retryAfterSeconds: seconds });
}
