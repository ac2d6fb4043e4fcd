import { GatewayError } from "../errors.ts";
import { integrityError } from "./aead.ts";
import { createDataKeyCache, type DataKeyCache } from "./data-key-cache.ts";
import type { KeyRing } from "./key-ring.ts";
import {
  createDataKey,
  createRingWrapper,
  type KeyWrapper,
  parseDataKey,
  serializeDataKey,
  type WrapContext,
  type WrappedKey,
} from "./key-wrapper.ts";
import { pad, unpad } from "./padding.ts";
import { openBlob, sealBlob } from "./sealed-blob.ts";

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
export type Sealed = WrappedKey & {
  readonly ciphertext: Uint8Array<ArrayBuffer>;
};

/**
 * Envelope encryption. Opening fails with one `GatewayError` INTEGRITY_ERROR whatever the reason: a changed byte, a
 * swapped or moved record, an unknown key id. With key-encryption keys elsewhere, everything may fail with UNAVAILABLE.
 */
export type Envelope = {
  seal(context: SealContext, plaintext: Uint8Array): Promise<Sealed>;
  open(context: SealContext, sealed: Sealed): Promise<Buffer>;
  /** The same data key under the primary key; the ciphertext stays as it is. */
  rewrap(context: SealContext, wrapped: WrappedKey): Promise<WrappedKey>;
  /** Many at once, in their order; null for each that cannot be opened. */
  rewrapMany(items: readonly RewrapItem[]): Promise<readonly (WrappedKey | null)[]>;
  /** The key-encryption key that new values are wrapped with. */
  primaryKeyId(): Promise<string>;
};

export type RewrapItem = { readonly context: SealContext; readonly wrapped: WrappedKey };

/** Key-encryption keys that are held elsewhere. */
export type RemoteKeys = {
  readonly wrapper: KeyWrapper;
  /** Whether new data keys are wrapped there; else by the key ring, and what is wrapped there only opens. */
  readonly isPrimary: boolean;
  readonly cache: DataKeyCache;
};

/** The record's place, in the order that the associated data has it; the version as decimal text. */
function placeOf({ purpose, ownerId, recordId, field, version, binding }: SealContext): WrapContext {
  return [purpose, ownerId, recordId, field, String(version), binding ?? ""];
}

/** What wraps a data key is bound to the same place, and set apart from what encrypts the data. */
function wrapContextOf(context: SealContext): WrapContext {
  return ["wrap", ...placeOf(context)];
}

/** The wrapper that new keys go to. */
export function primaryWrapper(ring: KeyRing, remote: Pick<RemoteKeys, "wrapper" | "isPrimary"> | null): KeyWrapper {
  return remote?.isPrimary ? remote.wrapper : createRingWrapper(ring);
}

/** The envelope over a key ring, and over keys elsewhere if there are any: a random data key for every seal. */
export function createEnvelope(ring: KeyRing, remote: RemoteKeys | null = null): Envelope {
  const ringWrapper = createRingWrapper(ring);
  const primary = primaryWrapper(ring, remote);
  // The ring's keys are at hand: what they wrapped need not be kept.
  const cache = remote?.cache ?? createDataKeyCache({ maxKeys: 1, maxAgeMs: 0 });

  const wrap = async (context: WrapContext, key: Buffer): Promise<WrappedKey> => {
    const [wrapped] = await primary.wrap([{ context, key }]);
    if (wrapped === undefined) throw integrityError("nothing was wrapped");
    if (remote?.isPrimary) cache.keep(context, wrapped, key);
    return wrapped;
  };

  const unwrapMany = (items: readonly { readonly context: WrapContext; readonly wrapped: WrappedKey }[]) =>
    unwrapWith({ ringWrapper, remote, cache }, items);

  const rewrapMany: Envelope["rewrapMany"] = async (items) => {
    const named = items.map(({ context, wrapped }) => ({ context: wrapContextOf(context), wrapped }));
    const keys = await unwrapMany(named);
    const opened = named.flatMap(({ context }, index) => {
      const key = keys[index];
      return Buffer.isBuffer(key) ? [{ context, key }] : [];
    });
    const wrapped = opened.length === 0 ? [] : [...(await primary.wrap(opened))];
    for (const { key } of opened) wipe(key);
    return keys.map((key) => (Buffer.isBuffer(key) ? (wrapped.shift() ?? null) : null));
  };

  return {
    seal: async (context, plaintext) => {
      const dataKey = createDataKey();
      const padded = pad(plaintext);
      const bytes = serializeDataKey(dataKey);
      try {
        const ciphertext = sealBlob(dataKey, placeOf(context), padded);
        return { ...(await wrap(wrapContextOf(context), bytes)), ciphertext };
      } finally {
        wipe(dataKey.key, padded, bytes);
      }
    },
    open: async (context, sealed) => {
      const [bytes] = await unwrapMany([{ context: wrapContextOf(context), wrapped: sealed }]);
      if (!Buffer.isBuffer(bytes)) throw bytes ?? integrityError("nothing was unwrapped");
      try {
        return unpad(openBlob(parseDataKey(bytes), placeOf(context), sealed.ciphertext));
      } finally {
        wipe(bytes);
      }
    },
    rewrap: async (context, wrapped) => {
      const [rewrapped] = await rewrapMany([{ context, wrapped }]);
      if (rewrapped == null) throw integrityError("the wrapped key does not open");
      return rewrapped;
    },
    rewrapMany,
    primaryKeyId: () => primary.primaryKeyId(),
  };
}

type Unwrapping = { readonly ringWrapper: KeyWrapper; readonly remote: RemoteKeys | null; readonly cache: DataKeyCache };

/** The keys in their order: from the cache, then each from whoever holds its key-encryption key. */
async function unwrapWith(
  { ringWrapper, remote, cache }: Unwrapping,
  items: readonly { readonly context: WrapContext; readonly wrapped: WrappedKey }[],
): Promise<readonly (Buffer | GatewayError)[]> {
  if (remote === null) return ringWrapper.unwrap(items);
  const isRemote = (keyId: string) => remote.wrapper.holds(keyId);
  const found: (Buffer | GatewayError | null)[] = items.map(({ context, wrapped }) =>
    isRemote(wrapped.keyId) ? cache.find(context, wrapped) : null,
  );
  for (const wrapper of [ringWrapper, remote.wrapper]) {
    const places = [...items.keys()].filter(
      (place) => found[place] === null && isRemote(items[place]?.wrapped.keyId ?? "") === (wrapper !== ringWrapper),
    );
    const asked = places.flatMap((place) => items[place] ?? []);
    if (asked.length === 0) continue;
    const keys = await wrapper.unwrap(asked);
    places.forEach((place, index) => {
      const [key, item] = [keys[index] ?? integrityError("nothing was unwrapped"), asked[index]];
      found[place] = key;
      if (wrapper !== ringWrapper && item !== undefined && !(key instanceof GatewayError)) {
        cache.keep(item.context, item.wrapped, key);
      }
    });
  }
  return found.map((key) => key ?? integrityError("nothing was unwrapped"));
}

/** Best effort: libsodium's wasm memory may keep copies, and nothing is promised about memory. */
function wipe(...buffers: readonly Uint8Array[]): void {
  for (const buffer of buffers) buffer.fill(0);
}
