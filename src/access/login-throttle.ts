import { isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";
import type { RateLimiter } from "../database/rate-counters.ts";
import { GatewayError } from "../errors.ts";
import { canonicalise } from "./username.ts";
import type { RequestOrigin } from "./viewer.ts";

/** Longest wait between two guesses at one account, in seconds: nobody keeps the owner out for longer by guessing on. */
const LONGEST_WAIT_SECONDS = 60;
const FORGET_SECONDS = 3_600;
const IP_WINDOW_SECONDS = 900;
/** Longer names belong to nobody; they are cut before any work is done on them. */
const MAX_NAME_LENGTH = 256;

/** One guess at a password that may be looked at. */
export type LoginAttempt = {
  /** The password was right: the account's count starts over, and the address's is as before. */
  succeed(): Promise<void>;
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
  /** Guesses that fail from one address in 15 minutes. */
  readonly failuresPerIp: number;
};

/**
 * Slows down guessing: per account with waits that double up to a minute, and per address. Every spelling of a name is
 * one account, all nodes and all ways to sign in count together, and a restart forgets nothing.
 */
export function createLoginThrottle({ limiter, freeAttempts, failuresPerIp }: LoginThrottleDeps): LoginThrottle {
  const backOff = { free: freeAttempts, longestSeconds: LONGEST_WAIT_SECONDS, forgetSeconds: FORGET_SECONDS };
  return {
    begin: async ({ ip }, typedName) => {
      const ipKey = `login:ip:${networkOf(ip)}`;
      const fromIp = await limiter.consume(ipKey, { points: failuresPerIp, windowSeconds: IP_WINDOW_SECONDS });
      if (!fromIp.allowed) throw tooMany(fromIp.resetSeconds);
      const accountKey = `login:account:${canonicalise(typedName.slice(0, MAX_NAME_LENGTH))}`;
      const waitSeconds = await limiter.tryAfterBackOff(accountKey, backOff);
      if (waitSeconds > 0) throw tooMany(waitSeconds);
      return {
        succeed: async () => {
          await limiter.forget(accountKey);
          await limiter.giveBack(ipKey);
        },
      };
    },
  };
}

/** What one caller holds: an IPv4 address, or the 64 bits of IPv6 that every host can choose below. */
function networkOf(ip: string | null): string {
  if (ip === null) return "none";
  if (!isIPv6(ip)) return ip;
  const address = ipaddr.IPv6.parse(ip);
  if (address.isIPv4MappedAddress()) return address.toIPv4Address().toString();
  return address.parts.slice(0, 4).join(":");
}

function tooMany(retryAfterSeconds: number): GatewayError {
  return new GatewayError("RATE_LIMITED", "Too many attempts to sign in. Try again later.", {
    retryAfterSeconds,
    reason: "sign-in-attempts",
  });
}
