import { timingSafeEqual } from "node:crypto";
import type { AuditActor } from "../audit/audit-event.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Database } from "../database/database.ts";
import type { SessionKind } from "../database/generated/sqlite/enums.ts";
import { type Clock, isAhead, type MakeId } from "../identifiers.ts";
import type { Envelope, Sealed } from "../keys/envelope.ts";
import type { LiveSessions } from "./live-sessions.ts";
import { bindingOf, hashRefreshToken, makeRefreshToken, successorContext } from "./refresh-token.ts";
import type { RefreshTokenWithSession, SessionRepository, SessionWithUser } from "./session.repository.ts";
import type { SessionLife } from "./session-life.ts";
import type { Viewer } from "./viewer.ts";

/** How long a used token still gives its successor, in milliseconds: an answer lost on the way can be asked for again. */
const GRACE_MS = 10_000;

export type Rotated = { readonly session: SessionWithUser; readonly refreshToken: string };

export type RefreshTokenRotation = {
  /**
   * The token's successor and its session, or null when the person has to sign in again. A token serves only the way that
   * its session is kept: what was in a cookie is of no use to whoever read it there.
   */
  rotate(viewer: Viewer, token: string, kind: SessionKind): Promise<Rotated | null>;
  /** The live session of a token, used or not; null for a text that is none. */
  findSession(token: string, kind: SessionKind): Promise<SessionWithUser | null>;
  /** Forgets successors past their window and deletes expired sessions; to be called every few seconds. */
  sweep(): Promise<void>;
};

export type RefreshTokenRotationDeps = {
  readonly database: Database;
  readonly sessions: SessionRepository;
  readonly liveSessions: LiveSessions;
  readonly life: SessionLife;
  readonly envelope: Envelope;
  readonly audit: AuditLog;
  readonly makeId: MakeId;
  readonly clock: Clock;
};

/**
 * Rotation of refresh tokens (RFC 9700, 4.14). A token has exactly one successor, whoever asks and wherever; one that
 * comes back after the grace window, or from another client, was stolen, and its whole family ends.
 */
export function createRefreshTokenRotation(deps: RefreshTokenRotationDeps): RefreshTokenRotation {
  const { sessions, clock, life } = deps;
  const find = async (token: string, kind: SessionKind) => {
    const tokenHash = hashRefreshToken(token);
    const found = tokenHash === null ? null : await sessions.findRefreshToken(tokenHash);
    return found?.session.kind === kind && life.isLive(found.session, clock.now()) ? found : null;
  };
  const replacing = new Map<string, Promise<Rotated | null>>();
  const replaceAlone = (viewer: Viewer, found: RefreshTokenWithSession) => {
    const replaced = replace(deps, viewer, found).finally(() => replacing.delete(found.id));
    replacing.set(found.id, replaced);
    return replaced;
  };
  const settleUsed = async (viewer: Viewer, used: RefreshTokenWithSession) =>
    (await replay(deps, viewer, used)) ?? endFamily(deps, viewer, used.session);

  const rotate: RefreshTokenRotation["rotate"] = async (viewer, token, kind) => {
    const found = await find(token, kind);
    if (found === null || found.usedAt !== null) return found && settleUsed(viewer, found);
    const underWay = replacing.get(found.id);
    if (underWay !== undefined) {
      // Of many at once in this process one takes the row; if it failed, the next tries.
      await underWay.catch(() => null);
      return rotate(viewer, token, kind);
    }
    const rotated = await replaceAlone(viewer, found);
    if (rotated !== null) return rotated;
    // Used by another node just now, or ended: what is stored says which.
    const used = await find(token, kind);
    return used && settleUsed(viewer, used);
  };
  return {
    rotate,
    findSession: async (token, kind) => (await find(token, kind))?.session ?? null,
    sweep: async () => {
      const now = clock.now();
      await sessions.clearSuccessors(now);
      await sessions.deleteExpired(now);
    },
  };
}

/** Uses the token up and stores its successor; null when another request used it first or the session was ended. */
async function replace(deps: RefreshTokenRotationDeps, viewer: Viewer, token: RefreshTokenWithSession): Promise<Rotated | null> {
  const { database, sessions, envelope, audit, makeId, clock } = deps;
  const { id, sessionId, session } = token;
  const { refreshToken, tokenHash } = makeRefreshToken();
  const successor = await envelope.seal(successorContext(token), Buffer.from(refreshToken));
  const usedAt = clock.now();
  const successorExpiresAt = new Date(usedAt.getTime() + GRACE_MS);
  const isReplaced = await database.transaction(async (transaction) => {
    // The session's row first: whoever ends it meanwhile waits or has won, and no successor outlives it.
    if (!(await sessions.touch(transaction, sessionId, usedAt))) return false;
    const use = { usedAt, usedBy: bindingOf(viewer.origin), successor, successorExpiresAt };
    if (!(await sessions.consumeRefreshToken(transaction, id, use))) return false;
    await sessions.addRefreshToken(transaction, { id: makeId("refresh"), sessionId, tokenHash, createdAt: usedAt });
    await audit.append(transaction, { actor: actorOf(viewer, session), action: "SESSION_REFRESHED", ...aboutSession(session) });
    return true;
  });
  return isReplaced ? { session, refreshToken } : null;
}

/** The same successor again, for the same client within the grace window; null otherwise. */
async function replay(deps: RefreshTokenRotationDeps, viewer: Viewer, token: RefreshTokenWithSession): Promise<Rotated | null> {
  const successor = successorOf(token);
  const { usedBy, successorExpiresAt, session } = token;
  if (successor === null || usedBy === null || successorExpiresAt === null) return null;
  const now = deps.clock.now();
  // A clock that was set back would open the window once more, for as long as it was ahead.
  if (now > successorExpiresAt || isAhead(successorExpiresAt, now, 2 * GRACE_MS)) return null;
  if (!timingSafeEqual(usedBy, bindingOf(viewer.origin))) return null;
  const refreshToken = (await deps.envelope.open(successorContext(token), successor)).toString();
  return { session, refreshToken };
}

function successorOf({ successorKeyId, successorWrappedKey, successorCiphertext }: RefreshTokenWithSession): Sealed | null {
  if (successorKeyId === null || successorWrappedKey === null || successorCiphertext === null) return null;
  return { keyId: successorKeyId, wrappedKey: successorWrappedKey, ciphertext: successorCiphertext };
}

async function endFamily(deps: RefreshTokenRotationDeps, viewer: Viewer, session: SessionWithUser): Promise<null> {
  const { database, sessions, liveSessions, audit, clock } = deps;
  await database.transaction(async (transaction) => {
    if (!(await sessions.end(transaction, session.id, clock.now(), "REUSE"))) return;
    const action = "SESSION_REUSE_DETECTED";
    await audit.append(transaction, { actor: viewer, action, outcome: "REFUSED", ...aboutSession(session) });
  });
  liveSessions.forget(session.id);
  return null;
}

function actorOf(viewer: Viewer, session: SessionWithUser): AuditActor {
  return { type: "USER", id: session.userId, origin: viewer.origin };
}

function aboutSession(session: SessionWithUser) {
  return { target: { type: "Session", id: session.id }, ownerId: session.userId };
}
