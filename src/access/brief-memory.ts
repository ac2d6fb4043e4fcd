import { createEntryCache } from "../entry-cache.ts";
import type { Clock } from "../identifiers.ts";

/** What the store said is believed for this long, in milliseconds, before it is asked again; unless another age is named. */
const MAX_AGE_MS = 2_000;
const ENTRIES_HELD = 50_000;

export type BriefMemory<Value> = {
  /** What the store says of a key, which `ask` finds out, or said up to so long ago. */
  find(key: string, ask: () => Promise<Value>): Promise<Value>;
  /** Ask the store at the next call: what changes on this node must count at once. */
  forget(key: string): void;
  forgetAll(): void;
};

type Held<Value> = { readonly askedAt: number; readonly answer: Promise<Value> };

/** Remembers for two seconds, so that a change counts on every node soon and many requests at once share one read. */
export function createBriefMemory<Value>(clock: Clock, maxAgeMs = MAX_AGE_MS): BriefMemory<Value> {
  const held = createEntryCache<string, Held<Value>>(ENTRIES_HELD);

  const askAnew = (key: string, now: number, ask: () => Promise<Value>): Promise<Value> => {
    const answer = ask();
    const entry = { askedAt: now, answer };
    held.set(key, entry);
    answer.catch(() => {
      if (held.get(key) === entry) held.delete(key);
    });
    return answer;
  };

  return {
    find: (key, ask) => {
      const now = clock.now().getTime();
      const entry = held.get(key);
      const age = entry === undefined ? Number.POSITIVE_INFINITY : now - entry.askedAt;
      return entry !== undefined && age >= 0 && age < maxAgeMs ? entry.answer : askAnew(key, now, ask);
    },
    forget: (key) => {
      held.delete(key);
    },
    forgetAll: () => held.clear(),
  };
}
