import { COMMON_PASSWORDS } from "./common-passwords.ts";
import type { IsBlocked } from "./password-blocklist.ts";
import { canonicalise } from "./username.ts";

/** Least bytes of a password, in UTF-8. */
export const PASSWORD_MIN_BYTES = 8;
/** Longer ones are refused before any hashing: hashing megabytes would be a cheap way to stall the process. */
export const PASSWORD_MAX_BYTES = 1_024;

const PRODUCT_NAME = "postern";

export type PasswordFault = {
  readonly code: "PASSWORD_TOO_SHORT" | "PASSWORD_TOO_LONG" | "PASSWORD_TOO_COMMON" | "PASSWORD_NOT_TEXT";
  readonly message: string;
};

/** True when a password is within the length that is hashed at all. */
export function isHashableLength(password: string): boolean {
  return Buffer.byteLength(password) <= PASSWORD_MAX_BYTES;
}

/**
 * What is wrong with a new password, or null. Length and guessability alone count: rules of composition make passwords
 * worse.
 */
export function findPasswordFault(password: string, username: string): PasswordFault | null {
  const bytes = Buffer.byteLength(password);
  if (bytes < PASSWORD_MIN_BYTES) {
    return { code: "PASSWORD_TOO_SHORT", message: `The password must have at least ${PASSWORD_MIN_BYTES} characters.` };
  }
  if (bytes > PASSWORD_MAX_BYTES) {
    return { code: "PASSWORD_TOO_LONG", message: `The password must have at most ${PASSWORD_MAX_BYTES} bytes.` };
  }
  // Half a surrogate pair has no bytes of its own: all such passwords would hash alike.
  if (/\p{Cs}/u.test(password)) return { code: "PASSWORD_NOT_TEXT", message: "The password is not valid text." };
  if (isGuessable(password, username)) {
    return { code: "PASSWORD_TOO_COMMON", message: "The password is too easy to guess. Choose another." };
  }
  return null;
}

/** What is wrong with a new password, or null, by the rules and the operator's list. @throws {GatewayError} UNAVAILABLE */
export type JudgePassword = (password: string, username: string) => Promise<PasswordFault | null>;

/** The judge of new passwords; without a list, by the rules alone. */
export function createPasswordJudge(isBlocked: IsBlocked | null): JudgePassword {
  return async (password, username) => {
    const fault = findPasswordFault(password, username);
    if (fault !== null || isBlocked === null || !(await isBlocked(password))) return fault;
    return { code: "PASSWORD_TOO_COMMON", message: "The password is in a list of leaked ones. Choose another." };
  };
}

function isGuessable(password: string, username: string): boolean {
  const folded = canonicalise(password);
  const withoutTail = folded.replace(/[^\p{L}]+$/u, "");
  const names = [canonicalise(username), PRODUCT_NAME];
  return COMMON_PASSWORDS.has(folded) || names.includes(folded) || names.includes(withoutTail);
}
