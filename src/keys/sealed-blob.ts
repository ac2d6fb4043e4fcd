import { randomBytes } from "node:crypto";
import { decrypt, encrypt, integrityError, NONCE_BYTES, TAG_BYTES } from "./aead.ts";
import { encodeParts } from "./associated-data.ts";

/**
 * The layout of everything sealed: format byte, length of the key id, key id, nonce, ciphertext with tag. Another
 * algorithm would be another format byte; what does not begin with a known one is never opened, least of all as plain
 * text.
 */
const FORMAT = 1;

/** Stands in front of all associated data. */
export const PRODUCT = "postern";

/** A symmetric key (32 bytes) and the id that blobs name it by. */
export type SealingKey = { readonly id: string; readonly key: Uint8Array };

/** Product and format stand first in all associated data, and the key's id beside them: a blob is bound to its own head. */
function associatedDataOf(keyId: string, context: readonly (string | Uint8Array)[]): Buffer {
  return encodeParts([PRODUCT, String(FORMAT), keyId, ...context]);
}

/** Encrypts under a random nonce. The context is bound as associated data: opening needs the same one. */
export function sealBlob(
  { id, key }: SealingKey,
  context: readonly (string | Uint8Array)[],
  plaintext: Uint8Array,
): Buffer<ArrayBuffer> {
  const keyId = Buffer.from(id);
  if (keyId.length === 0 || keyId.length > 255) throw new RangeError("A key id has 1 to 255 bytes");
  // node:crypto is a CSPRNG too, and 25 times faster than the random numbers of libsodium's wasm build.
  const nonce = randomBytes(NONCE_BYTES);
  const ciphertext = encrypt(key, nonce, associatedDataOf(id, context), plaintext);
  return Buffer.concat([Buffer.of(FORMAT, keyId.length), keyId, nonce, ciphertext]);
}

/**
 * Opens a blob with the key it must name. @throws {GatewayError} INTEGRITY_ERROR for an unknown format, another key's
 * id, any changed, missing or added byte, or another context.
 */
export function openBlob(
  { id, key }: SealingKey,
  context: readonly (string | Uint8Array)[],
  blob: Uint8Array,
): Buffer<ArrayBuffer> {
  const keyId = Buffer.from(id);
  const nonceStart = 2 + keyId.length;
  const ciphertextStart = nonceStart + NONCE_BYTES;
  if (blob.length < ciphertextStart + TAG_BYTES) throw integrityError("the blob is too short");
  if (blob[0] !== FORMAT) throw integrityError("the format is unknown");
  if (blob[1] !== keyId.length || !keyId.equals(blob.subarray(2, nonceStart))) throw integrityError("the blob names another key");
  const nonce = blob.subarray(nonceStart, ciphertextStart);
  return decrypt(key, nonce, associatedDataOf(id, context), blob.subarray(ciphertextStart));
}
