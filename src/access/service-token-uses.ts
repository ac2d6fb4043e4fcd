import type { Clock } from "../identifiers.ts";
import type { ServiceTokenRepository } from "./service-token.repository.ts";

/** The last use of a token is written this seldom, in milliseconds. */
const WRITE_EVERY_MS = 60_000;

export type ServiceTokenUses = {
  note(id: string): void;
  /** Writes what is due: of each token once a minute; with `all`, what is not due too. */
  flush(all?: boolean): Promise<void>;
};

/** Collects when service tokens are used, so that a thousand calls are a few writes. */
export function createServiceTokenUses(tokens: ServiceTokenRepository, clock: Clock): ServiceTokenUses {
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
        await tokens.noteUse(id, usedAt);
        writtenAt.set(id, now);
        if (lastUses.get(id) === usedAt) lastUses.delete(id);
      }
    },
  };
}
