import { totpCode } from "../../src/access/totp.ts";
import type { Gateway } from "./gateway.ts";

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

/** Turns a user's second factor on by the code of half a minute ago, so that the present one serves. */
export async function turnSecondFactorOn(gateway: Gateway, token: string) {
  const started = await gateway.query("mutation { startSecondFactor { secret } }", {}, token);
  const { secret } = (started.data as { startSecondFactor: { secret: string } }).startSecondFactor;
  const code = appCode(secret, new Date(Date.now() - 30_000));
  const enabling = "mutation ($code: String!) { enableSecondFactor(code: $code) { recoveryCodes } }";
  const enabled = await gateway.query(enabling, { code }, token);
  const { recoveryCodes } = (enabled.data as { enableSecondFactor: { recoveryCodes: string[] } }).enableSecondFactor;
  return { secret, recoveryCodes };
}
