import { createEntryCache } from "../entry-cache.ts";
import type { Clock } from "../identifiers.ts";

/** What the store said is believed for this long, in milliseconds, before it is asked again. */
const MAX_AGE_MS = 2_000;
const ENTRIES_HELD = 50_000;

export type BriefMemory<Value> = {
  /** What the store says of a key, or said up to two seconds ago. */
  find(key: string): Promise<Value>;
  /** Ask the store at the next call: what changes on this node must count at once. */
  forget(key: string): void;
  forgetAll(): void;
};

type Held<Value> = { readonly askedAt: number; readonly answer: Promise<Value> };

/** Remembers for two seconds, so that a change counts on every node soon and many requests at once share one read. */
export function createBriefMemory<Value>(ask: (key: string) => Promise<Value>, clock: Clock): BriefMemory<Value> {
  const held = createEntryCache<string, Held<Value>>(ENTRIES_HELD);

  const askAnew = (key: string, now: number): Promise<Value> => {
    const answer = ask(key);
    const entry = { askedAt: now, answer };
    held.set(key, entry);
    answer.catch(() => {
      if (held.get(key) === entry) held.delete(key);
    });
    return answer;
  };

  return {
    find: (key) => {
      const now = clock.now().getTime();
      const entry = held.get(key);
      const age = entry === undefined ? Number.POSITIVE_INFINITY : now - entry.askedAt;
      return entry !== undefined && age >= 0 && age < MAX_AGE_MS ? entry.answer : askAnew(key, now);
    },
    forget: (key) => {
      held.delete(key);
    },
    forgetAll: () => held.clear(),
  };
}
