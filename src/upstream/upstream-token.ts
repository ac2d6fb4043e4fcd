import { ConnectionError } from "./connection-error.ts";

/** What a login gives. `expiresAt` is until when the token may be used, null when the upstream does not say. */
export type LoginResult = { readonly accessToken: string; readonly expiresAt: Date | null };

/** How long a token is used whose upstream does not say for how long, or says what cannot be, in milliseconds. */
const UNKNOWN_LIFE_MS = 60_000;
/** A token is left this long before its own end, in milliseconds: a call that begins with it must still find it valid. */
const MARGIN_MS = 30_000;
/** No login gives an access token for longer than a year: what says more was most likely no seconds. */
const LONGEST_LIFE_SECONDS = 366 * 86_400;
/** End of the year 9999 in seconds: what lies beyond was most likely milliseconds. */
const LAST_SECOND = 253_402_300_799;

// RFC 6750, generously: visible ASCII. Sentences, which upstreams put in a token's place when they fail, have spaces.
const TOKEN = /^[\x21-\x7e]{1,16384}$/;

/**
 * The token, if it can be one: visible ASCII without spaces, at most 16 KB.
 * @throws {ConnectionError} UNEXPECTED_RESPONSE, without the text
 */
export function requireToken(text: string): string {
  if (TOKEN.test(text)) return text;
  const message = "The upstream's access token is longer than 16 KB, or has characters that no token has.";
  throw new ConnectionError("UNEXPECTED_RESPONSE", "AUTHENTICATE", message);
}

/**
 * Until when a token that is used for `ttlSeconds` at most may be used: less than that if it is a JWT that ends before, or if the
 * login said `expires_in` seconds. A life that cannot be is not believed, and counts as a minute.
 */
export function endOfToken(token: string, ttlSeconds: number, now: Date, expiresIn?: unknown): Date {
  const longest = now.getTime() + lifeOf(ttlSeconds, expiresIn);
  const expiry = readExpiry(token);
  if (expiry === undefined) return new Date(longest);
  const isBelievable = typeof expiry === "number" && expiry * 1_000 > now.getTime() && expiry <= LAST_SECOND;
  return new Date(Math.min(longest, isBelievable ? expiry * 1_000 - MARGIN_MS : now.getTime() + UNKNOWN_LIFE_MS));
}

function lifeOf(ttlSeconds: number, expiresIn: unknown): number {
  if (expiresIn === undefined) return ttlSeconds * 1_000;
  const isBelievable = typeof expiresIn === "number" && expiresIn > 0 && expiresIn <= LONGEST_LIFE_SECONDS;
  return Math.min(ttlSeconds * 1_000, isBelievable ? expiresIn * 1_000 : UNKNOWN_LIFE_MS);
}

/** The end that a login says, or 60 seconds from now when it says none. */
export function believedEnd({ expiresAt }: LoginResult, now: Date): Date {
  const time = expiresAt?.getTime() ?? Number.NaN;
  return new Date(Number.isNaN(time) || time > LAST_SECOND * 1_000 ? now.getTime() + UNKNOWN_LIFE_MS : time);
}

/** `exp` of a JWT as it stands there; undefined for what is no JWT or has none. The signature is the upstream's affair. */
function readExpiry(token: string): unknown {
  const [, payload, ...rest] = token.split(".");
  if (payload === undefined || rest.length !== 1) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    return typeof claims === "object" && claims !== null && "exp" in claims ? claims.exp : undefined;
  } catch {
    return undefined;
  }
}
