import type { SealContext } from "./envelope.ts";
import type { WrappedKey } from "./key-wrapper.ts";

/** One stored record as a rotation sees it: its place and its wrapped data key, never the ciphertext. */
export type SealedRecord = WrappedKey & { readonly id: string; readonly context: SealContext };

/** A data key that was wrapped anew; `before` is what must still be stored for `after` to take its place. */
export type KeyReplacement = { readonly id: string; readonly before: WrappedKey; readonly after: WrappedKey };

/** One table of sealed records, as the room that owns it shows it to a key rotation. */
export type SealedSource = {
  /** As progress lines and refusals call it: `credential versions`. */
  readonly name: string;
  /** How many records are wrapped by this key. */
  countUnder(keyId: string): Promise<number>;
  /** Records that another key than this wraps, by ascending id after `afterId` (null: from the start), at most `limit`. */
  nextBatch(primaryKeyId: string, afterId: string | null, limit: number): Promise<readonly SealedRecord[]>;
  /**
   * In one transaction, by ascending id: stores each `after` where `before` (key id and bytes) is still what is stored.
   * Resolves with how many were; the others were changed meanwhile and are left alone.
   */
  replaceKeys(replacements: readonly KeyReplacement[]): Promise<number>;
};
