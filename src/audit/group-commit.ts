import { setImmediate as nextRound } from "node:timers/promises";

export type GroupCommitOptions<Item> = {
  /** Stores the items, all or none. */
  readonly commit: (items: readonly Item[]) => Promise<void>;
  /** Most items in one commit. */
  readonly maxBatch: number;
  /** Most items that may wait; beyond it they are refused, so that a store that hangs does not fill the memory. */
  readonly maxWaiting: number;
  /** The error of an item that is not taken: too many wait, or it is closed. */
  readonly refuse: () => Error;
  /** Told of every commit that came about. */
  readonly onCommit?: ((items: number, milliseconds: number) => void) | undefined;
};

export type GroupCommit<Item> = {
  /** Settles with the commit that the item was part of. */
  add(item: Item): Promise<void>;
  /** Resolves when all that was added before is settled. */
  flush(): Promise<void>;
  /** How many items wait for a commit to begin. */
  waiting(): number;
  /** Takes no more items, and resolves when all are settled. */
  close(): Promise<void>;
};

type Waiting<Item> = { readonly item: Item; readonly resolve: () => void; readonly reject: (error: unknown) => void };

/** One commit at a time; what arrives while one is under way goes together into the next, so many share its fsync. */
export function createGroupCommit<Item>({
  commit,
  maxBatch,
  maxWaiting,
  refuse,
  onCommit,
}: GroupCommitOptions<Item>): GroupCommit<Item> {
  const waiting: Waiting<Item>[] = [];
  let draining: Promise<void> | null = null;
  let isClosed = false;

  const drain = async () => {
    while (waiting.length > 0) {
      // One round of the event loop: requests whose input is there already get to share the commit.
      await nextRound();
      const batch = waiting.splice(0, maxBatch);
      const begun = performance.now();
      try {
        await commit(batch.map(({ item }) => item));
        onCommit?.(batch.length, performance.now() - begun);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    draining = null;
  };

  const flush = async () => {
    while (draining !== null) await draining;
  };

  return {
    add: (item) => {
      if (isClosed || waiting.length >= maxWaiting) return Promise.reject(refuse());
      return new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        draining ??= drain();
      });
    },
    flush,
    waiting: () => waiting.length,
    close: async () => {
      isClosed = true;
      await flush();
    },
  };
}
