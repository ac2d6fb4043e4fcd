import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";

/** What the chains of a store are made with: a key for their MACs, and a key pair that signs how far they go. */
export type AuditSecret = {
  readonly id: string;
  /** Raw Ed25519 public key in base64url: whoever has it can check a signature, and make none. */
  readonly publicKey: string;
  /** HMAC-SHA-256 in base64url. */
  mac(text: string): string;
  /** Ed25519 in base64url. */
  sign(text: string): string;
  isSigned(text: string, signature: string): boolean;
  /** A key of its own for a purpose beside the trail, as lasting as the store: 32 bytes. */
  deriveKey(purpose: string): Uint8Array;
};

/** Bytes of the seed that everything is derived from. */
export const AUDIT_SEED_BYTES = 32;

/** The head of a PKCS #8 document with an Ed25519 seed, RFC 8410: node takes a raw private key in no other way. */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

/** The secret of a seed. Every key is derived from it by its purpose, so that none is of use in another's place. */
export function createAuditSecret(id: string, seed: Uint8Array): AuditSecret {
  const root = Buffer.from(hkdfSync("sha256", seed, id, "postern audit derivation", 32));
  const derive = (purpose: string) => Buffer.from(hkdfSync("sha256", seed, id, `postern audit ${purpose}`, 32));
  const macKey = createSecretKey(derive("chain"));
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, derive("signature")]),
    format: "der",
    type: "pkcs8",
  });
  const publicKey: KeyObject = createPublicKey(privateKey);
  return {
    id,
    publicKey: String(publicKey.export({ format: "jwk" }).x),
    mac: (text) => createHmac("sha256", macKey).update(text).digest("base64url"),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString("base64url"),
    isSigned: (text, signature) => verify(null, Buffer.from(text), publicKey, Buffer.from(signature, "base64url")),
    deriveKey: (purpose) => Buffer.from(hkdfSync("sha256", root, id, `postern ${purpose}`, 32)),
  };
}
