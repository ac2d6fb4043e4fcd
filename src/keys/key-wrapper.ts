import { randomBytes } from "node:crypto";
import type { GatewayError } from "../errors.ts";
import { integrityError, KEY_BYTES } from "./aead.ts";
import type { KeyRing } from "./key-ring.ts";
import { openBlob, type SealingKey, sealBlob } from "./sealed-blob.ts";

/** A data key as it is stored: wrapped by the key-encryption key `keyId`. */
export type WrappedKey = { readonly keyId: string; readonly wrappedKey: Uint8Array<ArrayBuffer> };

/** What a wrapped key is bound to, part by part; the same parts unwrap it. */
export type WrapContext = readonly (string | Uint8Array)[];

/**
 * Something that holds key-encryption keys, here or elsewhere, and never gives them out. Many keys go in one call, since
 * a call may go over the network.
 */
export type KeyWrapper = {
  /** Whether it is the one to ask for this id. */
  holds(keyId: string): boolean;
  /** The id that new keys are wrapped under. @throws {GatewayError} UNAVAILABLE when that cannot be found out now */
  primaryKeyId(): Promise<string>;
  /** Makes a new primary key, the old ones stay; gives its id. @throws {KeyRingError} when that is not done here */
  addPrimary(): Promise<string>;
  /** The keys wrapped, in their order. @throws {GatewayError} UNAVAILABLE */
  wrap(items: readonly { readonly context: WrapContext; readonly key: Uint8Array }[]): Promise<readonly WrappedKey[]>;
  /**
   * The keys in their order, INTEGRITY_ERROR in the place of each that does not open.
   * @throws {GatewayError} UNAVAILABLE when none can be opened now
   */
  unwrap(
    items: readonly { readonly context: WrapContext; readonly wrapped: WrappedKey }[],
  ): Promise<readonly (Buffer | GatewayError)[]>;
};

const DATA_KEY_ID_BYTES = 12;

/** A new random data key. */
export function createDataKey(): SealingKey {
  return { id: randomBytes(DATA_KEY_ID_BYTES).toString("base64url"), key: randomBytes(KEY_BYTES) };
}

/** A data key and its id as the bytes that are wrapped; wipe them after. */
export function serializeDataKey({ id, key }: SealingKey): Buffer {
  return Buffer.concat([key, Buffer.from(id, "base64url")]);
}

/** What was serialised. @throws {GatewayError} INTEGRITY_ERROR for bytes of another length */
export function parseDataKey(bytes: Buffer): SealingKey {
  if (bytes.length !== KEY_BYTES + DATA_KEY_ID_BYTES) throw integrityError("the wrapped key has the wrong length");
  return { key: bytes.subarray(0, KEY_BYTES), id: bytes.toString("base64url", KEY_BYTES) };
}

/** Wrapping by the keys of a key ring. */
export function createRingWrapper(ring: KeyRing): KeyWrapper {
  const unwrap = (context: WrapContext, { keyId, wrappedKey }: WrappedKey): Buffer => {
    const wrappingKey = ring.find(keyId);
    // Never another key of the ring: XChaCha20-Poly1305 does not commit to a key, so trying several is an oracle.
    if (wrappingKey === null) throw integrityError(`the key ring holds no key ${JSON.stringify(keyId)}`);
    return openBlob(wrappingKey, context, wrappedKey);
  };
  return {
    holds: () => true,
    primaryKeyId: async () => ring.primary().id,
    addPrimary: async () => ring.addPrimary(),
    wrap: async (items) => {
      const primary = ring.primary();
      return items.map(({ context, key }) => ({ keyId: primary.id, wrappedKey: sealBlob(primary, context, key) }));
    },
    unwrap: async (items) =>
      items.map(({ context, wrapped }) => {
        try {
          return unwrap(context, wrapped);
        } catch (error) {
          return error as GatewayError;
        }
      }),
  };
}
