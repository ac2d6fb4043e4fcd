/** Finds byte strings in a stream of pieces. All needles must have two bytes or more. */
export type NeedleSearch = {
  /** The leftmost occurrence at or after `from`, the longest of those that begin there; null when there is none. */
  find(text: Uint8Array, from: number): { readonly start: number; readonly end: number } | null;
  /** Where the longest rest of `text` after `from` begins that could still become a needle; `text.length` when none could. */
  findPartial(text: Uint8Array, from: number): number;
};

const TABLE_SIZE = 4096;
const blockOf = (first: number, second: number) => ((first << 5) ^ second) & (TABLE_SIZE - 1);

function beginsAt(text: Uint8Array, start: number, needle: Uint8Array, length: number): boolean {
  for (let index = 0; index < length; index += 1) if (text[start + index] !== needle[index]) return false;
  return true;
}

/**
 * Wu and Manber's search: one table of shifts for all needles lets it look at about every seventh pair of bytes, so that
 * twenty spellings of a secret cost no more than one.
 */
export function createNeedleSearch(needles: readonly Uint8Array[]): NeedleSearch {
  const longestFirst = [...needles].sort((one, other) => other.length - one.length);
  const window = Math.min(...needles.map((needle) => needle.length));
  const shifts = new Uint8Array(TABLE_SIZE).fill(Math.min(window - 1, 255));
  const candidates = new Map<number, Uint8Array[]>();
  const begins = new Uint8Array(256);
  for (const needle of longestFirst) {
    begins[needle[0] ?? 0] = 1;
    for (let index = 0; index + 1 < window; index += 1) {
      const block = blockOf(needle[index] ?? 0, needle[index + 1] ?? 0);
      const shift = Math.min(window - 2 - index, shifts[block] ?? 0);
      shifts[block] = shift;
      if (index + 2 === window) candidates.set(block, [...(candidates.get(block) ?? []), needle]);
    }
  }
  const longest = longestFirst[0]?.length ?? 0;

  return {
    find: (text, from) => {
      let last = from + window - 1;
      while (last < text.length) {
        const block = blockOf(text[last - 1] ?? 0, text[last] ?? 0);
        const shift = shifts[block] ?? 0;
        if (shift === 0) {
          const start = last - window + 1;
          const found = candidates.get(block)?.find((needle) => beginsAt(text, start, needle, needle.length));
          if (found !== undefined && start + found.length <= text.length) return { start, end: start + found.length };
          last += 1;
        } else last += shift;
      }
      return null;
    },
    findPartial: (text, from) => {
      for (let start = Math.max(from, text.length - longest + 1); start < text.length; start += 1) {
        if (begins[text[start] ?? 0] !== 1) continue;
        const length = text.length - start;
        if (longestFirst.some((needle) => needle.length > length && beginsAt(text, start, needle, length))) return start;
      }
      return text.length;
    },
  };
}
