import { LRUCache } from "lru-cache";
import type { SealedToken } from "./access-token-sealing.ts";

/** Most tokens kept, and most bytes of sealed tokens: with the greatest tokens the bytes come first. */
export type MemoryLimits = { readonly maxTokens: number; readonly maxBytes: number };

const LIMITS: MemoryLimits = { maxTokens: 120_000, maxBytes: 192 * 1024 * 1024 };

/** Bytes beside the sealed token itself, about: the entry, its texts, the buffers' heads. */
const ENTRY_BYTES = 700;

/** The access tokens that one process keeps, sealed; beyond the limits those go that were not used for longest. */
export class AccessTokenMemory {
  readonly #tokens: LRUCache<string, SealedToken>;

  constructor({ maxTokens, maxBytes }: MemoryLimits = LIMITS) {
    this.#tokens = new LRUCache({
      max: maxTokens,
      maxSize: maxBytes,
      sizeCalculation: ({ sealed }) => ENTRY_BYTES + sealed.wrappedKey.length + sealed.ciphertext.length,
    });
  }

  /** The token of this version of the credential, if it may still be handed out. */
  find(credentialId: string, version: number, now: Date): SealedToken | null {
    const token = this.#tokens.get(credentialId);
    if (token === undefined) return null;
    if (token.version === version && token.expiresAt > now) return token;
    // A caller can have resolved an older version a moment ago: only what nobody will want is thrown away.
    if (token.version < version || token.expiresAt <= now) this.#tokens.delete(credentialId);
    return null;
  }

  keep(token: SealedToken): void {
    this.#tokens.set(token.credentialId, token);
  }

  drop(credentialId: string): void {
    this.#tokens.delete(credentialId);
  }

  clear(): void {
    this.#tokens.clear();
  }
}
