import { LRUCache } from "lru-cache";
import type { Clock } from "../identifiers.ts";
import type { SessionRepository, SessionWithUser } from "./session.repository.ts";

/** What is believed about a session for this long, in milliseconds, before the store is asked again. */
const MAX_AGE_MS = 2_000;
const SESSIONS_HELD = 50_000;

export type LiveSessions = {
  /** The session with its user as the store has them, or null when either is gone, ended, expired or disabled. */
  find(sessionId: string): Promise<SessionWithUser | null>;
  /** Ask the store at the next call: what ends a session on this node must count at once. */
  forget(sessionId: string): void;
};

type Held = { readonly askedAt: number; readonly answer: Promise<SessionWithUser | null> };

/**
 * Whether sessions still live. Role, disabling and sign-out take effect on every node within two seconds, and many
 * requests of one session share one read.
 */
export function createLiveSessions(sessions: SessionRepository, clock: Clock): LiveSessions {
  const held = new LRUCache<string, Held>({ max: SESSIONS_HELD });

  const ask = (sessionId: string, now: number): Promise<SessionWithUser | null> => {
    const answer = sessions.findById(sessionId);
    const entry = { askedAt: now, answer };
    held.set(sessionId, entry);
    answer.catch(() => {
      if (held.get(sessionId) === entry) held.delete(sessionId);
    });
    return answer;
  };

  return {
    find: async (sessionId) => {
      const now = clock.now();
      const entry = held.get(sessionId);
      const age = entry === undefined ? Number.POSITIVE_INFINITY : now.getTime() - entry.askedAt;
      const session = await (entry !== undefined && age >= 0 && age < MAX_AGE_MS ? entry.answer : ask(sessionId, now.getTime()));
      return session !== null && isLive(session, now) ? session : null;
    },
    forget: (sessionId) => {
      held.delete(sessionId);
    },
  };
}

/** True for a session that was not ended, has not expired, and whose user is not disabled. */
export function isLive(session: SessionWithUser, now: Date): boolean {
  return session.endedAt === null && session.expiresAt > now && session.user.isActive;
}
