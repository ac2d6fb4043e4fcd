import type { RateLimiter } from "../database/rate-counters.ts";
import { GatewayError } from "../errors.ts";
import { clientNetworkOf } from "./client-network.ts";
import { canonicalise } from "./username.ts";
import type { RequestOrigin } from "./viewer.ts";

/** Longest wait between two guesses at one account, in seconds: nobody keeps the owner out for longer by guessing on. */
const LONGEST_WAIT_SECONDS = 60;
const FORGET_SECONDS = 3_600;
/** The same between two guesses at a code: a million codes would not last otherwise. */
const LONGEST_CODE_WAIT_SECONDS = 3_600;
const FORGET_CODE_SECONDS = 86_400;
const IP_WINDOW_SECONDS = 900;
/** How long an address is the account's own after a sign-in from it. */
const KNOWN_SECONDS = 30 * 86_400;
/** Longer names belong to nobody; they are cut before any work is done on them. */
const MAX_NAME_LENGTH = 256;

/** One guess at a password that may be looked at. */
export type LoginAttempt = {
  /** The password was right: the count of guesses starts over, the address's is as before, and from now on it is known. */
  succeed(): Promise<void>;
  /** The password was right and a code is asked for: the address has not failed, and the account's count stays. */
  awaitCode(): Promise<void>;
  /**
   * The password was right: takes a guess at the code, before it is looked at. Only who has the password gets so far, so that
   * no stranger keeps the owner out by it. @throws {GatewayError} RATE_LIMITED while codes have to wait
   */
  beginCode(): Promise<void>;
};

export type LoginThrottle = {
  /**
   * Takes a guess at an account's password, before it is looked at. Counted alike whether or not there is such an account.
   * @throws {GatewayError} RATE_LIMITED while the account or the address has to wait
   */
  begin(origin: RequestOrigin, typedName: string): Promise<LoginAttempt>;
};

export type LoginThrottleDeps = {
  readonly limiter: RateLimiter;
  /** Guesses at an account that need not wait. */
  readonly freeAttempts: number;
  /** Guesses that are looked at and fail, from one address in 15 minutes. */
  readonly failuresPerIp: number;
};

/**
 * Slows down guessing: per account with waits that double up to a minute, and per address. Every spelling of a name is
 * one account, all nodes and all ways to sign in count together, and a restart forgets nothing. An address from which the
 * account was signed in to counts by itself, so that who guesses elsewhere, or at others behind the same address, keeps
 * nobody out of where they always are.
 */
export function createLoginThrottle({ limiter, freeAttempts, failuresPerIp }: LoginThrottleDeps): LoginThrottle {
  const codeBackOff = { free: freeAttempts, longestSeconds: LONGEST_CODE_WAIT_SECONDS, forgetSeconds: FORGET_CODE_SECONDS };
  const backOff = { free: freeAttempts, longestSeconds: LONGEST_WAIT_SECONDS, forgetSeconds: FORGET_SECONDS };
  return {
    begin: async ({ ip }, typedName) => {
      const network = clientNetworkOf(ip) ?? "none";
      const account = canonicalise(typedName.slice(0, MAX_NAME_LENGTH));
      const [ipKey, knownKey] = [`login:ip:${network}`, `login:known:${network}:${account}`];
      const { isKnown, guessKey, waitSeconds } = await limiter.together(async (counters) => {
        const [known, failed] = await counters.look([knownKey, ipKey]);
        const isKnown = known !== undefined && known.count > 0;
        const guessKey = isKnown ? `login:known-account:${network}:${account}` : `login:account:${account}`;
        const guess = { isKnown, guessKey };
        if (!isKnown && failed !== undefined && failed.count >= failuresPerIp)
          return { ...guess, waitSeconds: failed.resetSeconds };
        const waitSeconds = await counters.tryAfterBackOff(guessKey, backOff);
        // A guess that has to wait tells nothing: it must not use up what others behind the address have.
        if (waitSeconds > 0) return { ...guess, waitSeconds };
        const fromIp = await counters.consume(ipKey, { points: failuresPerIp, windowSeconds: IP_WINDOW_SECONDS });
        return { ...guess, waitSeconds: isKnown || fromIp.allowed ? 0 : fromIp.resetSeconds };
      });
      if (waitSeconds > 0) throw tooMany(waitSeconds);

      const codeKey = `code:${guessKey}`;
      return {
        awaitCode: () => limiter.giveBack(ipKey),
        beginCode: async () => {
          const codeWaitSeconds = await limiter.tryAfterBackOff(codeKey, codeBackOff);
          if (codeWaitSeconds > 0) throw tooMany(codeWaitSeconds);
        },
        succeed: () =>
          limiter.together(async (counters) => {
            await counters.forget(guessKey);
            await counters.forget(codeKey);
            await counters.giveBack(ipKey);
            if (!isKnown) await counters.consume(knownKey, { points: 1, windowSeconds: KNOWN_SECONDS });
          }),
      };
    },
  };
}

function tooMany(retryAfterSeconds: number): GatewayError {
  return new GatewayError("RATE_LIMITED", "Too many attempts to sign in. Try again later.", {
    retryAfterSeconds,
    reason: "sign-in-attempts",
  });
}
