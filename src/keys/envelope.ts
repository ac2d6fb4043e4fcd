import { randomBytes } from "node:crypto";
import { integrityError, KEY_BYTES } from "./aead.ts";
import type { KeyRing } from "./key-ring.ts";
import { pad, unpad } from "./padding.ts";
import { openBlob, type SealingKey, sealBlob } from "./sealed-blob.ts";

/** Names what is sealed; every part is bound by the associated data, so a sealed value opens nowhere else. */
export type SealContext = {
  /** What kind of record: `credential`, `signing-key`, `refresh-successor`. */
  readonly purpose: string;
  /** Whose it is; `system` when nobody's. */
  readonly ownerId: string;
  readonly recordId: string;
  readonly field: string;
  readonly version: number;
  /** More that must not change beside the ciphertext, as the record's owner writes it down. */
  readonly binding?: Uint8Array;
};

/** A value under its own data key, and that key wrapped by the key-encryption key `keyId`. */
export type Sealed = {
  readonly keyId: string;
  readonly wrappedKey: Uint8Array<ArrayBuffer>;
  readonly ciphertext: Uint8Array<ArrayBuffer>;
};

/**
 * Envelope encryption. Opening fails with one `GatewayError` INTEGRITY_ERROR whatever the reason: a changed byte, a
 * swapped or moved record, an unknown key id.
 */
export type Envelope = {
  seal(context: SealContext, plaintext: Uint8Array): Promise<Sealed>;
  open(context: SealContext, sealed: Sealed): Promise<Buffer>;
  /** The same data key under the ring's primary key; the ciphertext stays as it is. */
  rewrap(context: SealContext, wrapped: Pick<Sealed, "keyId" | "wrappedKey">): Promise<Pick<Sealed, "keyId" | "wrappedKey">>;
  /** The key-encryption key that new values are wrapped with. */
  primaryKeyId(): string;
};

const DATA_KEY_ID_BYTES = 12;

/** The record's place, in the order that the associated data has it; the version as decimal text. */
function placeOf({ purpose, ownerId, recordId, field, version, binding }: SealContext): readonly (string | Uint8Array)[] {
  return [purpose, ownerId, recordId, field, String(version), binding ?? ""];
}

/** What wraps a data key is bound to the same place, and set apart from what encrypts the data. */
function wrapContextOf(context: SealContext): readonly (string | Uint8Array)[] {
  return ["wrap", ...placeOf(context)];
}

function createDataKey(): SealingKey {
  return { id: randomBytes(DATA_KEY_ID_BYTES).toString("base64url"), key: randomBytes(KEY_BYTES) };
}

/** The envelope over a key ring: a random data key for every seal, wrapped by the ring's primary key. */
export function createEnvelope(ring: KeyRing): Envelope {
  const wrap = (context: SealContext, { id, key }: SealingKey) => {
    const primary = ring.primary();
    const bytes = Buffer.concat([key, Buffer.from(id, "base64url")]);
    const wrappedKey = sealBlob(primary, wrapContextOf(context), bytes);
    bytes.fill(0);
    return { keyId: primary.id, wrappedKey };
  };

  const unwrap = (context: SealContext, { keyId, wrappedKey }: Pick<Sealed, "keyId" | "wrappedKey">): SealingKey => {
    const wrappingKey = ring.find(keyId);
    // Never another key of the ring: XChaCha20-Poly1305 does not commit to a key, so trying several is an oracle.
    if (wrappingKey === null) throw integrityError(`the key ring holds no key ${JSON.stringify(keyId)}`);
    const bytes = openBlob(wrappingKey, wrapContextOf(context), wrappedKey);
    if (bytes.length !== KEY_BYTES + DATA_KEY_ID_BYTES) throw integrityError("the wrapped key has the wrong length");
    return { key: bytes.subarray(0, KEY_BYTES), id: bytes.toString("base64url", KEY_BYTES) };
  };

  return {
    seal: async (context, plaintext) => {
      const dataKey = createDataKey();
      const padded = pad(plaintext);
      const ciphertext = sealBlob(dataKey, placeOf(context), padded);
      const wrapped = wrap(context, dataKey);
      wipe(dataKey.key, padded);
      return { ...wrapped, ciphertext };
    },
    open: async (context, sealed) => {
      const dataKey = unwrap(context, sealed);
      try {
        return unpad(openBlob(dataKey, placeOf(context), sealed.ciphertext));
      } finally {
        wipe(dataKey.key);
      }
    },
    rewrap: async (context, wrapped) => {
      const dataKey = unwrap(context, wrapped);
      const rewrapped = wrap(context, dataKey);
      wipe(dataKey.key);
      return rewrapped;
    },
    primaryKeyId: () => ring.primary().id,
  };
}

/** Best effort: libsodium's wasm memory may keep copies, and nothing is promised about memory. */
function wipe(...buffers: readonly Uint8Array[]): void {
  for (const buffer of buffers) buffer.fill(0);
}
