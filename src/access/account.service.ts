import type { AuditLog } from "../audit/audit-log.ts";
import type { Database } from "../database/database.ts";
import type { SessionModel } from "../database/generated/sqlite/models.ts";
import { GatewayError, notFound, type PersonError } from "../errors.ts";
import { type Clock, idPrefixOf } from "../identifiers.ts";
import type { LoginThrottle } from "./login-throttle.ts";
import type { Passwords } from "./password.ts";
import { findPasswordFault } from "./password-policy.ts";
import type { SessionRepository } from "./session.repository.ts";
import type { UserRepository } from "./user.repository.ts";
import { requireUser, type UserViewer, type Viewer } from "./viewer.ts";

/** A session as its owner sees it. */
export type OwnSession = Pick<SessionModel, "id" | "ip" | "userAgent" | "createdAt" | "lastUsedAt" | "expiresAt"> & {
  /** Whether the request came in it. */
  readonly isCurrent: boolean;
};

export type PasswordChange = { readonly currentPassword: string; readonly newPassword: string };

export type AccountServiceDeps = {
  readonly database: Database;
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly passwords: Passwords;
  readonly throttle: LoginThrottle;
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
   * Changes the viewer's password and ends their other sessions; gives what is wrong, nothing when it is done. A guess at
   * the current password counts as one at sign-in.
   * @throws {GatewayError} RATE_LIMITED; CONFLICT when the password was changed at the same time
   */
  async changePassword(viewer: Viewer, { currentPassword, newPassword }: PasswordChange): Promise<readonly PersonError[]> {
    const user = requireUser(viewer, "account:write");
    const { users, passwords, throttle } = this.#deps;
    const fault = findPasswordFault(newPassword, user.username);
    if (fault !== null) return [{ ...fault, field: "newPassword" }];
    const attempt = await throttle.begin(user.origin, user.username);
    const before = await users.findHash(user.id);
    if (before === null) return [NO_PASSWORD];
    if (!(await passwords.verify(before, currentPassword)).isMatch) return [WRONG_PASSWORD];
    await attempt.succeed();
    await this.#replacePassword(user, before, await passwords.hash(newPassword));
    return [];
  }

  /** The viewer's sessions that live, newest first. */
  async findSessions(viewer: Viewer): Promise<readonly OwnSession[]> {
    const { id: userId, sessionId } = requireUser(viewer, "account:read");
    const live = await this.#deps.sessions.findLive(userId, this.#deps.clock.now());
    return live.map((session) => ({ ...session, isCurrent: session.id === sessionId }));
  }

  /** The viewer's live session with the id; null when there is none. */
  async findSession(viewer: Viewer, id: string): Promise<OwnSession | null> {
    if (viewer.type !== "USER" || idPrefixOf(id) !== "session") return null;
    return (await this.findSessions(viewer)).find((session) => session.id === id) ?? null;
  }

  /** Ends one of the viewer's sessions and gives its id. @throws {GatewayError} NOT_FOUND */
  async endSession(viewer: Viewer, id: string): Promise<string> {
    const user = requireUser(viewer, "session:end");
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

  async #replacePassword({ id, sessionId, ...viewer }: UserViewer, before: string, after: string): Promise<void> {
    const { database, users, sessions, forgetUsers, audit, clock } = this.#deps;
    await database.transaction(async (transaction) => {
      if (!(await users.replaceHash(id, before, after, transaction))) {
        throw new GatewayError("CONFLICT", "The password was changed at the same time.");
      }
      const end = { endedAt: clock.now(), endReason: "PASSWORD_CHANGED" };
      const count = await sessions.endAll(transaction, id, end, sessionId);
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

const WRONG_PASSWORD: PersonError = {
  message: "The current password is wrong.",
  field: "currentPassword",
  code: "WRONG_PASSWORD",
};

const NO_PASSWORD: PersonError = {
  message: "This account has no password: its user signs in elsewhere.",
  field: null,
  code: "NO_PASSWORD",
};
