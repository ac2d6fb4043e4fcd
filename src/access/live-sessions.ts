import type { Clock } from "../identifiers.ts";
import { createBriefMemory } from "./brief-memory.ts";
import type { SessionRepository, SessionWithUser } from "./session.repository.ts";

export type LiveSessions = {
  /** The session with its user as the store has them, or null when either is gone, ended, expired or disabled. */
  find(sessionId: string): Promise<SessionWithUser | null>;
  /** Ask the store at the next call: what ends a session on this node must count at once. */
  forget(sessionId: string): void;
  /** The same for all sessions, when it is a user that has changed. */
  forgetAll(): void;
};

/**
 * Whether sessions still live. Role, disabling and sign-out take effect on every node within two seconds, and many
 * requests of one session share one read.
 */
export function createLiveSessions(sessions: SessionRepository, clock: Clock): LiveSessions {
  const memory = createBriefMemory((sessionId) => sessions.findById(sessionId), clock);
  return {
    find: async (sessionId) => {
      const session = await memory.find(sessionId);
      return session !== null && isLive(session, clock.now()) ? session : null;
    },
    forget: memory.forget,
    forgetAll: memory.forgetAll,
  };
}

/** True for a session that was not ended, has not expired, and whose user is not disabled. */
export function isLive(session: SessionWithUser, now: Date): boolean {
  return session.endedAt === null && session.expiresAt > now && session.user.isActive;
}
