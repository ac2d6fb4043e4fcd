import type { Database } from "./database.ts";

/** Wipes what was deleted from the disk, once it is said that something was. */
export type Shredding = {
  /** Something sealed was deleted. */
  readonly note: () => void;
  /** Wipes what was noted; what could not be wiped yet is due again. @throws what the store throws */
  readonly run: () => Promise<void>;
};

/** The shredding of a store. */
export function createShredding(database: Pick<Database, "shred">): Shredding {
  let isDue = false;
  return {
    note: () => {
      isDue = true;
    },
    run: async () => {
      if (!isDue) return;
      isDue = false;
      const { isPending } = await database.shred().catch((error: unknown) => {
        isDue = true;
        throw error;
      });
      isDue ||= isPending;
    },
  };
}
