import type { Clock } from "../identifiers.ts";
import { createBriefMemory } from "./brief-memory.ts";
import type { SessionRepository, SessionWithUser } from "./session.repository.ts";
import type { SessionLife } from "./session-life.ts";

export type LiveSessions = {
  /** The session with its user as the store has them, or null when either is gone, ended, expired or disabled. */
  find(sessionId: string): Promise<SessionWithUser | null>;
  /** The same as the store has it now. */
  findAnew(sessionId: string): Promise<SessionWithUser | null>;
  /** Ask the store at the next call: what ends a session on this node must count at once. */
  forget(sessionId: string): void;
  /** The same for all sessions, when it is a user that has changed. */
  forgetAll(): void;
};

/**
 * Whether sessions still live. Role, disabling and sign-out take effect on every node within two seconds, and many
 * requests of one session share one read.
 */
export function createLiveSessions(sessions: SessionRepository, life: SessionLife, clock: Clock): LiveSessions {
  const memory = createBriefMemory<SessionWithUser | null>(clock);
  const find = async (sessionId: string) => {
    const session = await memory.find(sessionId, () => sessions.findById(sessionId));
    return session !== null && life.isLive(session, clock.now()) ? session : null;
  };
  return {
    find,
    findAnew: (sessionId) => {
      memory.forget(sessionId);
      return find(sessionId);
    },
    forget: memory.forget,
    forgetAll: memory.forgetAll,
  };
}
