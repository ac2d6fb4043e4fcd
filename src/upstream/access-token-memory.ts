import { LRUCache } from "lru-cache";
import type { SealedToken, TokenPlace } from "./access-token-sealing.ts";

/** Most tokens kept, and most bytes of sealed tokens: with the greatest tokens the bytes come first. */
export type MemoryLimits = { readonly maxTokens: number; readonly maxBytes: number };

const LIMITS: MemoryLimits = { maxTokens: 120_000, maxBytes: 256 * 1024 * 1024 };

/** Bytes beside the sealed token itself, about: the entry, its texts, the buffer's head. */
const ENTRY_BYTES = 700;

/** A token with its wrapped key and ciphertext in one piece of memory. */
type Packed = TokenPlace & { readonly keyId: string; readonly wrappedLength: number; readonly bytes: Buffer<ArrayBuffer> };

/** The access tokens that one process keeps, sealed; beyond the limits those go that were not used for longest. */
export class AccessTokenMemory {
  readonly #tokens: LRUCache<string, Packed>;

  constructor({ maxTokens, maxBytes }: MemoryLimits = LIMITS) {
    // No `max`: the library would take the memory of as many at once.
    const leastBytes = Math.floor(maxBytes / maxTokens);
    this.#tokens = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ bytes }) => Math.max(leastBytes, ENTRY_BYTES + bytes.length),
    });
  }

  /** The token of this version of the credential, if it may still be handed out. */
  find(credentialId: string, version: number, now: Date): SealedToken | null {
    const token = this.#tokens.get(credentialId);
    if (token === undefined) return null;
    if (token.version === version && token.expiresAt > now) return unpack(token);
    // A caller can have resolved an older version a moment ago: only what nobody will want is thrown away.
    if (token.version < version || token.expiresAt <= now) this.#tokens.delete(credentialId);
    return null;
  }

  keep(token: SealedToken): void {
    this.#tokens.set(token.credentialId, pack(token));
  }

  drop(credentialId: string): void {
    this.#tokens.delete(credentialId);
  }

  clear(): void {
    this.#tokens.clear();
  }
}

function pack({ sealed: { keyId, wrappedKey, ciphertext }, ...place }: SealedToken): Packed {
  // Copied out of Node's buffer pool, where one small slice that is kept keeps 8 KB of others' remains.
  const bytes = Buffer.allocUnsafeSlow(wrappedKey.length + ciphertext.length);
  bytes.set(wrappedKey);
  bytes.set(ciphertext, wrappedKey.length);
  return { ...place, keyId, wrappedLength: wrappedKey.length, bytes };
}

function unpack({ keyId, wrappedLength, bytes, ...place }: Packed): SealedToken {
  const sealed = { keyId, wrappedKey: bytes.subarray(0, wrappedLength), ciphertext: bytes.subarray(wrappedLength) };
  return { ...place, sealed };
}
