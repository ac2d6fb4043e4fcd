import { randomBytes } from "node:crypto";
import type { AuditAction } from "../audit/audit-event.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Database, Transaction } from "../database/database.ts";
import { notFound, type PersonError } from "../errors.ts";
import type { Clock } from "../identifiers.ts";
import type { Passwords } from "./password.ts";
import type { JudgePassword } from "./password-policy.ts";
import { requireRecentAuthentication, requireRecentAuthenticationInBrowser } from "./reauthentication.ts";
import type { SecondFactorRepository } from "./second-factor.repository.ts";
import type { SessionRepository } from "./session.repository.ts";
import type { UserRecord, UserRepository } from "./user.repository.ts";
import { canonicalise } from "./username.ts";
import { requirePermission, type Viewer } from "./viewer.ts";

export type UserOutcome = { readonly user: UserRecord | null; readonly userErrors: readonly PersonError[] };

export type DeleteUserOutcome = { readonly deletedId: string | null; readonly userErrors: readonly PersonError[] };

export type ResetOutcome = UserOutcome & {
  /** The new password, when one was made; to be shown this once. */
  readonly password: string | null;
};

export type UserAdministrationDeps = {
  readonly database: Database;
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly factors: SecondFactorRepository;
  readonly passwords: Passwords;
  readonly judgePassword: JudgePassword;
  /** Makes this node ask the store about every user and session anew. */
  readonly forgetUsers: () => void;
  /** Told of every user that was disabled, once that is stored, and of every one who is to be deleted. */
  readonly onDisabled: (userId: string) => Promise<void>;
  /** Told whenever something sealed was deleted, once that is stored. */
  readonly onSealedDeleted: () => void;
  readonly audit: AuditLog;
  readonly clock: Clock;
};

type Change = {
  readonly action: AuditAction;
  readonly values: Parameters<UserRepository["update"]>[2];
  /** Why the user's sessions end, if they do. */
  readonly endReason?: string;
  readonly mayBeLastAdministrator: boolean;
  readonly details?: Readonly<Record<string, string>>;
  /** What else is written with it. */
  readonly write?: (transaction: Transaction) => Promise<void>;
};

/**
 * Owns what administrators do to accounts. Invariant: one active administrator who can sign in stays, whoever changes whom
 * at once. Changes count on this node at once, on the others within two seconds.
 */
export class UserAdministrationService {
  readonly #deps: UserAdministrationDeps;

  constructor(deps: UserAdministrationDeps) {
    this.#deps = deps;
  }

  /** Disables a user, which signs them out everywhere, or lets them in again. */
  async setActive(viewer: Viewer, id: string, isActive: boolean): Promise<UserOutcome> {
    const outcome = await this.#change(viewer, id, {
      action: isActive ? "USER_ENABLED" : "USER_DISABLED",
      values: { isActive, updatedAt: this.#deps.clock.now() },
      ...(isActive ? {} : { endReason: "DISABLED" }),
      mayBeLastAdministrator: isActive,
    });
    if (outcome.user?.isActive === false) await this.#deps.onDisabled(id);
    return outcome;
  }

  /** In a browser that wants the password just given. @throws {GatewayError} REAUTHENTICATION_REQUIRED */
  async changeRole(viewer: Viewer, id: string, role: UserRecord["role"]): Promise<UserOutcome> {
    requirePermission(viewer, "user:write");
    await requireRecentAuthenticationInBrowser(viewer);
    return this.#change(viewer, id, {
      action: "USER_ROLE_CHANGED",
      values: { role, updatedAt: this.#deps.clock.now() },
      mayBeLastAdministrator: role === "ADMIN",
      details: { role },
    });
  }

  /**
   * Gives a user a new password, a random one unless one is given, and ends their sessions. In place of a random one they
   * have to choose another before they do anything else in a browser, or after `INITIAL_PASSWORD_HOURS` elsewhere. In a
   * browser that wants the administrator's password just given. @throws {GatewayError} REAUTHENTICATION_REQUIRED
   */
  async resetPassword(viewer: Viewer, id: string, given: string | null | undefined): Promise<ResetOutcome> {
    requirePermission(viewer, "user:write");
    await requireRecentAuthenticationInBrowser(viewer);
    const user = await this.#deps.users.findById(id);
    if (user === null) throw notFound("user");
    const password = given ?? randomBytes(18).toString("base64url");
    const fault = await this.#deps.judgePassword(password, user.username);
    if (fault !== null) return { user: null, password: null, userErrors: [{ ...fault, field: "password" }] };
    const passwordHash = await this.#deps.passwords.hash(password);
    const now = this.#deps.clock.now();
    const outcome = await this.#change(viewer, id, {
      action: "PASSWORD_RESET",
      values: { passwordHash, passwordMadeAt: given == null ? now : null, updatedAt: now },
      endReason: "PASSWORD_RESET",
      mayBeLastAdministrator: true,
    });
    return { ...outcome, password: given == null ? password : null };
  }

  /**
   * Takes the second factor of a user who has lost it, with their recovery codes, and ends their sessions: their password is
   * enough again. @throws {GatewayError} REAUTHENTICATION_REQUIRED, NOT_FOUND
   */
  async resetSecondFactor(viewer: Viewer, id: string): Promise<UserOutcome> {
    requirePermission(viewer, "user:write");
    await requireRecentAuthentication(viewer);
    const { users, factors, onSealedDeleted, clock } = this.#deps;
    const user = await users.findById(id);
    if (user === null) throw notFound("user");
    if (user.secondFactorSince === null) return NO_SECOND_FACTOR;
    const outcome = await this.#change(viewer, id, {
      action: "SECOND_FACTOR_RESET",
      values: { secondFactorSince: null, updatedAt: clock.now() },
      endReason: "SECOND_FACTOR_RESET",
      mayBeLastAdministrator: true,
      write: (transaction) => factors.delete(transaction, id),
    });
    onSealedDeleted();
    return outcome;
  }

  /** Signs a user out everywhere; resolves with how many sessions that ended. */
  async endSessions(viewer: Viewer, id: string): Promise<number> {
    requirePermission(viewer, "user:write");
    const { database, users, audit, forgetUsers } = this.#deps;
    if ((await users.findById(id)) === null) throw notFound("user");
    const count = await database.transaction(async (transaction) => {
      const ended = await this.#endAll(transaction, id, "ENDED_BY_ADMINISTRATOR");
      const target = { type: "User", id };
      await audit.append(transaction, {
        actor: viewer,
        action: "SESSIONS_ENDED",
        target,
        ownerId: id,
        details: { count: ended },
      });
      return ended;
    });
    forgetUsers();
    return count;
  }

  /**
   * Deletes a user with their sessions, credentials and what was synced by them; their audit events stay. `typedName` is
   * their user name once more, so that nobody is deleted by a slip.
   * @throws {GatewayError} REAUTHENTICATION_REQUIRED, NOT_FOUND
   */
  async deleteUser(viewer: Viewer, id: string, typedName: string): Promise<DeleteUserOutcome> {
    requirePermission(viewer, "user:write");
    await requireRecentAuthentication(viewer);
    const { database, users, audit, forgetUsers, onDisabled, onSealedDeleted } = this.#deps;
    const user = await users.findById(id);
    if (user === null) throw notFound("user");
    if (canonicalise(typedName) !== user.canonicalName) return NAME_MISMATCH;
    // The cached upstream tokens first: with the credentials goes what they are found by.
    await onDisabled(id);
    const outcome = await database.transaction(async (transaction): Promise<DeleteUserOutcome> => {
      if (await users.isLastAdministrator(transaction, id)) return { deletedId: null, userErrors: LAST_ADMINISTRATOR.userErrors };
      if (!(await users.delete(transaction, id))) throw notFound("user");
      await audit.append(transaction, {
        actor: viewer,
        action: "USER_DELETED",
        target: { type: "User", id },
        ownerId: id,
        details: { role: user.role },
      });
      return { deletedId: id, userErrors: [] };
    });
    forgetUsers();
    onSealedDeleted();
    return outcome;
  }

  async #change(viewer: Viewer, id: string, change: Change): Promise<UserOutcome> {
    requirePermission(viewer, "user:write");
    const { database, users, audit, forgetUsers } = this.#deps;
    const outcome = await database.transaction(async (transaction): Promise<UserOutcome> => {
      if (!change.mayBeLastAdministrator && (await users.isLastAdministrator(transaction, id))) return LAST_ADMINISTRATOR;
      const user = await users.update(transaction, id, change.values);
      if (user === null) throw notFound("user");
      await change.write?.(transaction);
      if (change.endReason !== undefined) await this.#endAll(transaction, id, change.endReason);
      const target = { type: "User", id };
      await audit.append(transaction, {
        actor: viewer,
        action: change.action,
        target,
        ownerId: id,
        details: change.details ?? {},
      });
      return { user, userErrors: [] };
    });
    forgetUsers();
    return outcome;
  }

  #endAll(transaction: Transaction, userId: string, endReason: string): Promise<number> {
    return this.#deps.sessions.endAll(transaction, userId, { endedAt: this.#deps.clock.now(), endReason });
  }
}

const NAME_MISMATCH: DeleteUserOutcome = {
  deletedId: null,
  userErrors: [{ message: "This is not the name of that user.", field: "username", code: "USERNAME_MISMATCH" }],
};

const NO_SECOND_FACTOR: UserOutcome = {
  user: null,
  userErrors: [{ message: "This user has no second factor.", field: "id", code: "SECOND_FACTOR_OFF" }],
};

const LAST_ADMINISTRATOR: UserOutcome = {
  user: null,
  userErrors: [{ message: "This is the last active administrator.", field: "id", code: "LAST_ADMINISTRATOR" }],
};
