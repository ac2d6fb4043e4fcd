/** Lets one at a time have its turn, in order of asking. */
export type Mutex = {
  /** Resolves when it is the caller's turn, which lasts until the function that it gets is called. */
  acquire(): Promise<() => void>;
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** How many have a turn or wait for one. */
  pending(): number;
};

/** A mutex within this process. */
export function createMutex(): Mutex {
  let tail: Promise<void> = Promise.resolve();
  let pending = 0;
  const acquire = async (): Promise<() => void> => {
    let release = () => {};
    const previous = tail;
    pending += 1;
    tail = new Promise((resolve) => {
      release = () => {
        pending -= 1;
        // A transaction that fails may be given back twice.
        release = () => {};
        resolve();
      };
    });
    await previous;
    return () => release();
  };
  return {
    acquire,
    run: async (work) => {
      const release = await acquire();
      try {
        return await work();
      } finally {
        release();
      }
    },
    pending: () => pending,
  };
}
