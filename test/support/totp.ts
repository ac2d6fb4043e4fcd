import { totpCode } from "../../src/access/totp.ts";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The bytes of a base32 text. */
export function fromBase32(text: string): Buffer {
  const bits = [...text].map((character) => BASE32.indexOf(character).toString(2).padStart(5, "0")).join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** What an authenticator app with the secret shows at a time. */
export function appCode(secret: string, now: Date): string {
  return totpCode(fromBase32(secret), Math.floor(now.getTime() / 30_000));
}
