import { createHash, randomBytes } from "node:crypto";
import { createEntryCache } from "../entry-cache.ts";
import { KEY_BYTES } from "./aead.ts";
import { encodeParts } from "./associated-data.ts";
import type { WrapContext, WrappedKey } from "./key-wrapper.ts";
import { openBlob, sealBlob } from "./sealed-blob.ts";

export type DataKeyCacheOptions = {
  readonly maxKeys: number;
  /** How long an unwrapped key may be used without asking again, in milliseconds; 0 keeps none. */
  readonly maxAgeMs: number;
  /** Milliseconds that only go forward. */
  readonly elapsed?: () => number;
};

/** Unwrapped data keys by what they were wrapped as, bounded in count and time, and sealed while they are kept. */
export type DataKeyCache = {
  /** A copy of the key, to be wiped by who asked. */
  find(context: WrapContext, wrapped: WrappedKey): Buffer | null;
  keep(context: WrapContext, wrapped: WrappedKey, key: Uint8Array): void;
  clear(): void;
};

function nameOf(context: WrapContext, { keyId, wrappedKey }: WrappedKey): string {
  return createHash("sha256")
    .update(encodeParts([keyId, wrappedKey, ...context]))
    .digest("base64");
}

/** The cache of one process; its own key never leaves it. */
export function createDataKeyCache({ maxKeys, maxAgeMs, elapsed = () => performance.now() }: DataKeyCacheOptions): DataKeyCache {
  const cacheKey = { id: "data-key-cache", key: randomBytes(KEY_BYTES) };
  const kept = createEntryCache<string, { readonly blob: Uint8Array; readonly until: number }>(maxKeys);
  const contextOf = (name: string) => ["data-key-cache", name];

  return {
    find: (context, wrapped) => {
      const name = nameOf(context, wrapped);
      const entry = kept.get(name);
      if (entry === undefined) return null;
      if (entry.until > elapsed()) return openBlob(cacheKey, contextOf(name), entry.blob);
      kept.delete(name);
      return null;
    },
    keep: (context, wrapped, key) => {
      if (maxAgeMs <= 0) return;
      const name = nameOf(context, wrapped);
      kept.set(name, { blob: sealBlob(cacheKey, contextOf(name), key), until: elapsed() + maxAgeMs });
    },
    clear: () => kept.clear(),
  };
}
