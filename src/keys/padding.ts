import { integrityError } from "./aead.ts";

/** Plaintexts are padded to a multiple of this many bytes, so that a ciphertext's length tells little of a secret's. */
const PADDING_BLOCK_BYTES = 128;

const MARKER = 0x80;

/** The plaintext, a marker byte, and zeros up to a whole block (ISO/IEC 7816-4): always at least one byte more. */
export function pad(plaintext: Uint8Array): Buffer {
  const padded = Buffer.alloc((Math.floor(plaintext.length / PADDING_BLOCK_BYTES) + 1) * PADDING_BLOCK_BYTES);
  padded.set(plaintext);
  padded[plaintext.length] = MARKER;
  return padded;
}

/** What was padded. @throws {GatewayError} INTEGRITY_ERROR when it is no padded text; call it on authentic bytes only. */
export function unpad(padded: Buffer): Buffer {
  const end = padded.lastIndexOf(MARKER);
  const isPadding = end >= 0 && padded.subarray(end + 1).every((byte) => byte === 0);
  if (!isPadding) throw integrityError("the padding is not ours");
  return padded.subarray(0, end);
}
