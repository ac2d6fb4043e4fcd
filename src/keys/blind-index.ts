import { createHmac, createSecretKey } from "node:crypto";

/**
 * Names a text so that equal texts have equal names: HMAC-SHA-256 in base64url. Without its key nobody can try texts against a
 * name, as they could against a plain digest of what people choose.
 */
export type BlindIndex = (text: string) => string;

/** The blind index of a key that serves nothing else. */
export function createBlindIndex(key: Uint8Array): BlindIndex {
  const secret = createSecretKey(key);
  return (text) => createHmac("sha256", secret).update(text).digest("base64url");
}
