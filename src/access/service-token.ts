import { hash, randomInt } from "node:crypto";
import { crc32 } from "node:zlib";

/**
 * What a service token looks like, for secret scanners: `pst_`, 30 random characters, and 6 that are their checksum. What
 * matches and has the right checksum (`digestServiceToken`) is one, and no chance likeness.
 */
export const SERVICE_TOKEN_PATTERN = /\bpst_[0-9A-Za-z]{36}\b/;

const PREFIX = "pst_";
const RANDOM_LENGTH = 30; // 178 bits
const CHECKSUM_LENGTH = 6;
const SHOWN_LENGTH = 8;
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const WHOLE_TOKEN = new RegExp(`^${PREFIX}[0-9A-Za-z]{${RANDOM_LENGTH + CHECKSUM_LENGTH}}$`);

export type NewServiceToken = {
  readonly token: string;
  readonly tokenHash: Uint8Array<ArrayBuffer>;
  /** Enough to tell tokens apart in a list. */
  readonly firstCharacters: string;
};

/** A new service token: the text is shown once, its SHA-256 is what the store keeps. */
export function makeServiceToken(): NewServiceToken {
  const random = Array.from({ length: RANDOM_LENGTH }, () => BASE62[randomInt(BASE62.length)]).join("");
  const body = `${PREFIX}${random}`;
  const token = `${body}${checksumOf(body)}`;
  return { token, tokenHash: new Uint8Array(Buffer.from(sha256(token), "hex")), firstCharacters: token.slice(0, SHOWN_LENGTH) };
}

/** The SHA-256 by which a service token is looked up, in hexadecimal digits; null for a text that is none, which costs no look at the store. */
export function digestServiceToken(text: string): string | null {
  if (!WHOLE_TOKEN.test(text)) return null;
  const body = text.slice(0, -CHECKSUM_LENGTH);
  return text.endsWith(checksumOf(body)) ? sha256(text) : null;
}

/** CRC-32 of all that stands before it, in base 62, most significant digit first. */
function checksumOf(body: string): string {
  let rest = crc32(body);
  let digits = "";
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    digits = `${BASE62[rest % BASE62.length]}${digits}`;
    rest = Math.floor(rest / BASE62.length);
  }
  return digits;
}

function sha256(text: string): string {
  return hash("sha256", text, "hex");
}
