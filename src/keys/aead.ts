import sodium from "libsodium-wrappers";
import { GatewayError } from "../errors.ts";

await sodium.ready;

/** Bytes of a key, of a nonce, and of the tag at the end of a ciphertext. */
export const KEY_BYTES = sodium.crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
export const NONCE_BYTES = sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
export const TAG_BYTES = sodium.crypto_aead_xchacha20poly1305_ietf_ABYTES;

/**
 * The one error of everything that cannot be opened. The caller learns nothing about why, since each difference would
 * be an oracle; the reason is in the cause, for the log.
 */
export function integrityError(reason: string): GatewayError {
  return new GatewayError("INTEGRITY_ERROR", "The stored secret cannot be opened.", { cause: new Error(reason) });
}

/** XChaCha20-Poly1305-IETF: the ciphertext with its 16-byte tag. A nonce must never be used twice with a key. */
export function encrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  associatedData: Uint8Array,
  plaintext: Uint8Array,
): Buffer<ArrayBuffer> {
  return Buffer.from(sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, associatedData, null, nonce, key));
}

/** The plaintext. @throws {GatewayError} INTEGRITY_ERROR when anything is not as it was at encryption. */
export function decrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  associatedData: Uint8Array,
  ciphertext: Uint8Array,
): Buffer<ArrayBuffer> {
  if (nonce.length !== NONCE_BYTES || ciphertext.length < TAG_BYTES) throw integrityError("nonce or ciphertext is too short");
  let plaintext: Uint8Array;
  try {
    plaintext = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, ciphertext, associatedData, nonce, key);
  } catch {
    throw integrityError("the tag does not match");
  }
  return Buffer.from(plaintext.buffer as ArrayBuffer, plaintext.byteOffset, plaintext.byteLength);
}
