import type { AuditLog } from "../audit/audit-log.ts";
import type { Database } from "../database/database.ts";
import type { SessionModel } from "../database/generated/sqlite/models.ts";
import { GatewayError, notFound, type PersonError } from "../errors.ts";
import { type Clock, idPrefixOf } from "../identifiers.ts";
import { type GivenProof, type IdentityProof, NO_PASSWORD } from "./identity-proof.ts";
import type { LiveSessions } from "./live-sessions.ts";
import type { Passwords } from "./password.ts";
import type { JudgePassword } from "./password-policy.ts";
import { requireRecentAuthenticationInBrowser } from "./reauthentication.ts";
import type { SessionRepository, SessionWithUser } from "./session.repository.ts";
import type { SessionLife } from "./session-life.ts";
import type { UserRepository } from "./user.repository.ts";
import { requireUser, type UserViewer, type Viewer } from "./viewer.ts";

/** A session as its owner sees it. */
export type OwnSession = Pick<SessionModel, "id" | "kind" | "ip" | "userAgent" | "createdAt" | "lastUsedAt" | "expiresAt"> & {
  /** Whether the request came in it. */
  readonly isCurrent: boolean;
  readonly idleExpiresAt: Date;
  readonly confirmedUntil: Date;
};

export type ConfirmOutcome = { readonly session: OwnSession | null; readonly userErrors: readonly PersonError[] };

export type PasswordChange = {
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly code?: string | null | undefined;
};

export type AccountServiceDeps = {
  readonly database: Database;
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly passwords: Passwords;
  readonly judgePassword: JudgePassword;
  readonly proof: IdentityProof;
  readonly liveSessions: LiveSessions;
  readonly life: SessionLife;
  /** Makes this node ask the store about every user and session anew. */
  readonly forgetUsers: () => void;
  readonly audit: AuditLog;
  readonly clock: Clock;
};

/** Owns what users do to their own account: password and sessions. */
export class AccountService {
  readonly #deps: AccountServiceDeps;

  constructor(deps: AccountServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Changes the viewer's password and ends their other sessions; gives what is wrong, nothing when it is done. Takes all that
   * a sign-in takes, and a guess counts as one there.
   * @throws {GatewayError} RATE_LIMITED; CONFLICT when the password was changed at the same time
   */
  async changePassword(viewer: Viewer, change: PasswordChange): Promise<readonly PersonError[]> {
    const { currentPassword, newPassword, code } = change;
    const user = requireUser(viewer, "account:write");
    const fault = await this.#deps.judgePassword(newPassword, user.username);
    if (fault !== null) return [{ ...fault, field: "newPassword" }];
    const act = { action: "PASSWORD_CHANGED", target: { type: "User", id: user.id } } as const;
    const proof = await this.#deps.proof.prove(user, { password: currentPassword, code }, act);
    if ("fault" in proof) {
      const { field } = proof.fault;
      return [{ ...proof.fault, field: field === "password" ? "currentPassword" : field }];
    }
    const { passwords } = this.#deps;
    // What was made at random has passed through other hands.
    const isKept = proof.madeAt !== null && (await passwords.verify(proof.hash, newPassword)).isMatch;
    if (isKept) return [SAME_PASSWORD];
    await this.#replacePassword(user, proof.hash, await passwords.hash(newPassword));
    return [];
  }

  /**
   * Takes the viewer's password once more, and a code of who has a second factor, so that sensitive acts go on for some
   * minutes in the session that they are given in. A guess counts as one at sign-in. @throws {GatewayError} RATE_LIMITED
   */
  async confirmPassword(viewer: Viewer, given: GivenProof): Promise<ConfirmOutcome> {
    const user = requireUser(viewer, "account:write");
    const { sessionId } = user;
    if (sessionId === null) return { session: null, userErrors: [NO_PASSWORD] };
    const act = { action: "PASSWORD_CONFIRMED", target: { type: "Session", id: sessionId } } as const;
    const proof = await this.#deps.proof.prove(user, given, act);
    if ("fault" in proof) return { session: null, userErrors: [proof.fault] };
    const { database, sessions, liveSessions, audit, clock } = this.#deps;
    await database.transaction(async (transaction) => {
      if (await sessions.confirm(transaction, sessionId, clock.now())) await audit.append(transaction, { ...act, actor: user });
    });
    liveSessions.forget(sessionId);
    return { session: await this.findSession(user, sessionId), userErrors: [] };
  }

  /** The session that the request came in; null for who has none. */
  async findCurrentSession(viewer: Viewer): Promise<OwnSession | null> {
    if (viewer.type !== "USER" || viewer.sessionId === null) return null;
    return this.findSession(viewer, viewer.sessionId);
  }

  /** The viewer's sessions that live, newest first; of very many the newest alone. */
  async findSessions(viewer: Viewer): Promise<readonly OwnSession[]> {
    const user = requireUser(viewer, "account:read");
    const { sessions, life, clock } = this.#deps;
    const unended = await sessions.findUnended(user.id);
    return unended.filter((session) => life.isLive(session, clock.now())).map((session) => this.#toOwn(user, session));
  }

  /** The viewer's live session with the id; null when there is none. */
  async findSession(viewer: Viewer, id: string): Promise<OwnSession | null> {
    if (viewer.type !== "USER" || idPrefixOf(id) !== "session") return null;
    const user = requireUser(viewer, "account:read");
    const { sessions, life, clock } = this.#deps;
    // Not of the list, which ends somewhere.
    const session = await sessions.findById(id);
    return session?.userId === user.id && life.isLive(session, clock.now()) ? this.#toOwn(user, session) : null;
  }

  /**
   * Ends one of the viewer's sessions and gives its id. In a browser, any but its own wants the password just given.
   * @throws {GatewayError} NOT_FOUND, REAUTHENTICATION_REQUIRED
   */
  async endSession(viewer: Viewer, id: string): Promise<string> {
    const user = requireUser(viewer, "session:end");
    if (id !== user.sessionId) await requireRecentAuthenticationInBrowser(user);
    const { database, sessions, forgetUsers, audit, clock } = this.#deps;
    if ((await this.findSession(user, id)) === null) throw notFound("session");
    await database.transaction(async (transaction) => {
      if (!(await sessions.end(transaction, id, clock.now(), "LOGOUT"))) return;
      await audit.append(transaction, {
        actor: user,
        action: "USER_SIGNED_OUT",
        target: { type: "Session", id },
        ownerId: user.id,
      });
    });
    forgetUsers();
    return id;
  }

  /**
   * Ends the viewer's sessions but the one that the request came in; resolves with how many. In a browser that wants the
   * password just given. @throws {GatewayError} REAUTHENTICATION_REQUIRED
   */
  async endOtherSessions(viewer: Viewer): Promise<number> {
    const user = requireUser(viewer, "session:end");
    await requireRecentAuthenticationInBrowser(user);
    const { database, sessions, forgetUsers, audit, clock } = this.#deps;
    const end = { endedAt: clock.now(), endReason: "LOGOUT" };
    const count = await database.transaction(async (transaction) => {
      const ended = await sessions.endAll(transaction, user.id, end, user.sessionId);
      const target = { type: "User", id: user.id };
      await audit.append(transaction, { actor: user, action: "SESSIONS_ENDED", target, details: { count: ended } });
      return ended;
    });
    forgetUsers();
    return count;
  }

  #toOwn({ sessionId }: UserViewer, { user: _, ...session }: SessionWithUser): OwnSession {
    const { life } = this.#deps;
    return {
      ...session,
      isCurrent: session.id === sessionId,
      idleExpiresAt: life.idleEndOf(session),
      confirmedUntil: life.confirmedUntil(session),
    };
  }

  async #replacePassword({ id, sessionId, ...viewer }: UserViewer, before: string, after: string): Promise<void> {
    const { database, users, sessions, forgetUsers, audit, clock } = this.#deps;
    await database.transaction(async (transaction) => {
      if (!(await users.replaceHash(id, before, after, transaction))) {
        throw new GatewayError("CONFLICT", "The password was changed at the same time.");
      }
      await users.update(transaction, id, { passwordMadeAt: null, updatedAt: clock.now() });
      const end = { endedAt: clock.now(), endReason: "PASSWORD_CHANGED" };
      const count = await sessions.endAll(transaction, id, end, sessionId);
      if (sessionId !== null) await sessions.confirm(transaction, sessionId, clock.now());
      await audit.append(transaction, {
        actor: { ...viewer, id },
        action: "PASSWORD_CHANGED",
        target: { type: "User", id },
        ownerId: id,
        details: { endedSessions: count },
      });
    });
    forgetUsers();
  }
}

const SAME_PASSWORD: PersonError = {
  message: "Choose another password than the one that you were given.",
  field: "newPassword",
  code: "PASSWORD_UNCHANGED",
};
