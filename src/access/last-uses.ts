import type { Clock } from "../identifiers.ts";

/** The last use of a thing is written this seldom, in milliseconds. */
const WRITE_EVERY_MS = 60_000;

/** Where last uses are written: rows that keep the latest. */
export type LastUseRows = { noteUse(id: string, usedAt: Date): Promise<void> };

/** The row of the id, as long as no later use stands there. */
export function unlessUsedSince(id: string, usedAt: Date) {
  return { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: usedAt } }] };
}

export type LastUses = {
  note(id: string): void;
  /** Writes what is due: of each thing once a minute; with `all`, what is not due too. */
  flush(all?: boolean): Promise<void>;
};

/** Collects when tokens, sessions and credentials are used, so that a thousand calls are a few writes. */
export function createLastUses(rows: LastUseRows, clock: Clock): LastUses {
  const lastUses = new Map<string, Date>();
  const writtenAt = new Map<string, number>();

  return {
    note: (id) => {
      lastUses.set(id, clock.now());
    },
    flush: async (all = false) => {
      const now = clock.now().getTime();
      for (const [id, written] of writtenAt) if (now - written >= WRITE_EVERY_MS) writtenAt.delete(id);
      for (const [id, usedAt] of [...lastUses]) {
        if (writtenAt.has(id) && !all) continue;
        await rows.noteUse(id, usedAt);
        writtenAt.set(id, now);
        if (lastUses.get(id) === usedAt) lastUses.delete(id);
      }
    },
  };
}
