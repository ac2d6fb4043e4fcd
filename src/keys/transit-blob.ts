import { integrityError } from "./aead.ts";

/** The format byte of a key that Transit wrapped: format, length of the key id, key id, Transit's own text. */
const TRANSIT_FORMAT = 2;

/** Of `vault:v3:…`, which OpenBao writes as well. */
const CIPHERTEXT = /^vault:v([1-9]\d{0,8}):[A-Za-z0-9+/]+={0,2}$/;

/** The version of the Transit key that a ciphertext names; null for what is no ciphertext. */
export function transitVersionOf(ciphertext: string): number | null {
  const version = CIPHERTEXT.exec(ciphertext)?.[1];
  return version === undefined ? null : Number(version);
}

/** The stored form of a Transit ciphertext. */
export function packTransitBlob(keyId: string, ciphertext: string): Buffer<ArrayBuffer> {
  return Buffer.concat([Buffer.of(TRANSIT_FORMAT, Buffer.byteLength(keyId)), Buffer.from(keyId), Buffer.from(ciphertext)]);
}

/**
 * The Transit ciphertext of a stored form. @throws {GatewayError} INTEGRITY_ERROR for another format, another key's id in
 * front, or a ciphertext of another version than the id says
 */
export function unpackTransitBlob(keyId: string, blob: Uint8Array): string {
  const id = Buffer.from(keyId);
  const start = 2 + id.length;
  if (blob.length <= start || blob[0] !== TRANSIT_FORMAT) throw integrityError("the format is unknown");
  if (blob[1] !== id.length || !id.equals(blob.subarray(2, start))) throw integrityError("the blob names another key");
  const ciphertext = Buffer.from(blob.subarray(start)).toString("latin1");
  const version = transitVersionOf(ciphertext);
  if (version === null || !keyId.endsWith(`:v${version}`))
    throw integrityError("the blob's ciphertext is of another key version");
  return ciphertext;
}
