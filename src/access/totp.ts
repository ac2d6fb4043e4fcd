import { createHmac, timingSafeEqual } from "node:crypto";

/** Bytes of a shared secret: as many as HMAC-SHA-1 gives, RFC 4226 section 4. */
export const TOTP_SECRET_BYTES = 20;

const STEP_MS = 30_000;
const DIGITS = 6;
const CODE_SHAPE = /^[0-9]{6}$/;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The time step that a moment is in, RFC 6238. */
function stepOf(now: Date): number {
  return Math.floor(now.getTime() / STEP_MS);
}

/** The code of a time step, RFC 4226 section 5.3, as every authenticator app makes it. */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigInt64BE(BigInt(step));
  // biome-ignore lint/plugin: apps know no other digest (RFC 6238, 1.2), and HMAC needs none that withstands collisions
  const mac = createHmac("sha1", secret).update(counter).digest();
  const number = mac.readUInt32BE(mac.readUInt8(mac.length - 1) & 0x0f) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, "0");
}

/**
 * The time step whose code this is, of this one and the one before (RFC 6238, 5.2); null for a code of none of them, or of
 * one that is no later than `lastStep`: a code serves once.
 */
export function findTotpStep(secret: Uint8Array, code: string, now: Date, lastStep: number): number | null {
  if (!CODE_SHAPE.test(code)) return null;
  const current = stepOf(now);
  // Each is compared, whichever fits: how long it takes tells nothing.
  const [found] = [current - 1, current].filter((step) =>
    timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(code)),
  );
  return found !== undefined && found > lastStep ? found : null;
}

/** Bytes as authenticator apps take them when they are typed: base32 without padding, RFC 4648. */
export function toBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const fives = bits.match(/.{1,5}/g) ?? [];
  return fives.map((five) => BASE32[Number.parseInt(five.padEnd(5, "0"), 2)]).join("");
}

/** What an authenticator app reads from a QR code: the secret, and whose it is. */
export function totpUri(secret: Uint8Array, username: string): string {
  const query = new URLSearchParams({
    secret: toBase32(secret),
    issuer: "Postern",
    algorithm: "SHA1",
    digits: String(DIGITS),
    period: String(STEP_MS / 1_000),
  });
  return `otpauth://totp/Postern:${encodeURIComponent(username)}?${query}`;
}
