import { createNeedleSearch } from "./needle-search.ts";
import { spellSecret } from "./secret-forms.ts";

/** What stands in an answer where the upstream repeated the secret. */
const MASK = "***";
const MASK_BYTES = Buffer.from(MASK);

/** Takes the copies of secrets out of what an upstream answers. */
export type SecretMask = {
  maskText(text: string): string;
  /** The same of bytes that are all there is. */
  maskBytes(bytes: Uint8Array): Uint8Array;
  /** The pieces with all copies masked, also those split over pieces. Only bytes that may begin a copy wait for the next piece. */
  maskStream(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
};

/** Shorter secrets are words of any answer, and masking them would tell where they stand. */
const SHORTEST_SECRET = 8;

/** A mask of the secrets, in every spelling that an upstream may echo. Those of fewer characters than `shortest` are left alone. */
export function createSecretMask(secrets: readonly string[], shortest = SHORTEST_SECRET): SecretMask {
  const spellings = secrets.filter((secret) => secret.length >= shortest).flatMap(spellSecret);
  const needles = [...new Set(spellings)].map((spelling) => Buffer.from(spelling)).filter(({ length }) => length >= shortest);
  if (needles.length === 0) return { maskText: (text) => text, maskBytes: (bytes) => bytes, maskStream: (pieces) => pieces };
  const search = createNeedleSearch(needles);

  /** The text masked as far as no later byte can change it, and the rest that waits. */
  const maskPiece = (text: Uint8Array, isLast: boolean) => {
    const masked: Uint8Array[] = [];
    let position = 0;
    let settled = isLast ? text.length : search.findPartial(text, 0);
    for (;;) {
      const found = search.find(text, position);
      if (found === null || found.start >= settled) break;
      masked.push(text.subarray(position, found.start), MASK_BYTES);
      position = found.end;
      if (position > settled) settled = search.findPartial(text, position);
    }
    masked.push(text.subarray(position, settled));
    const isUntouched = masked.length === 1;
    return { masked: isUntouched ? text.subarray(0, settled) : Buffer.concat(masked), rest: text.subarray(settled) };
  };
  const maskBytes = (bytes: Uint8Array) => maskPiece(bytes, true).masked;

  return {
    maskText: (text) => Buffer.from(maskBytes(Buffer.from(text))).toString(),
    maskBytes,
    maskStream: async function* (pieces) {
      let waiting: Uint8Array = new Uint8Array();
      for await (const piece of pieces) {
        const { masked, rest } = maskPiece(waiting.length === 0 ? piece : Buffer.concat([waiting, piece]), false);
        waiting = rest;
        if (masked.length > 0) yield masked;
      }
      const { masked } = maskPiece(waiting, true);
      if (masked.length > 0) yield masked;
    },
  };
}
