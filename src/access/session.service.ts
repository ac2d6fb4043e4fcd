import type { AuditLog } from "../audit/audit-log.ts";
import type { Database } from "../database/database.ts";
import type { UserModel } from "../database/generated/sqlite/models.ts";
import type { PersonError } from "../errors.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import type { AccessTokens } from "./access-token.ts";
import type { LiveSessions } from "./live-sessions.ts";
import type { LoginThrottle } from "./login-throttle.ts";
import type { Passwords } from "./password.ts";
import { makeRefreshToken } from "./refresh-token.ts";
import type { RefreshTokenRotation } from "./refresh-token-rotation.ts";
import type { SessionRepository } from "./session.repository.ts";
import type { UserRecord, UserRepository } from "./user.repository.ts";
import type { NewAccount, UserService } from "./user.service.ts";
import { parseUsername } from "./username.ts";
import { requirePermission, requireUser, type Viewer } from "./viewer.ts";

/** Longest life of a session, in milliseconds, however often it is refreshed. */
const SESSION_LIFE_MS = 30 * 24 * 3_600_000;

export type SessionTokens = {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly tokenType: "Bearer";
  /** When the access token expires. */
  readonly expiresAt: Date;
  readonly user: UserRecord;
};

/** Tokens, or what the person can do about there being none. */
export type SessionOutcome =
  | (SessionTokens & { readonly userErrors: readonly [] })
  | { readonly userErrors: readonly PersonError[] };

export type SessionServiceDeps = {
  readonly database: Database;
  readonly sessions: SessionRepository;
  readonly users: UserRepository;
  readonly accounts: Pick<UserService, "register">;
  readonly passwords: Passwords;
  readonly throttle: LoginThrottle;
  readonly accessTokens: AccessTokens;
  readonly rotation: RefreshTokenRotation;
  readonly liveSessions: LiveSessions;
  readonly audit: AuditLog;
  readonly makeId: MakeId;
  readonly clock: Clock;
};

/** Why a sign-in was refused; for the audit alone, callers hear one answer. */
type LoginFault = "UNKNOWN_USER" | "WRONG_PASSWORD" | "USER_DISABLED";

/**
 * Owns signing in and out. Unknown user, wrong password and disabled user take the same work and get the same answer;
 * every attempt whose password is looked at is audited.
 */
export class SessionService {
  readonly #deps: SessionServiceDeps;

  constructor(deps: SessionServiceDeps) {
    this.#deps = deps;
  }

  /** Creates an account and signs it in. */
  async register(viewer: Viewer, input: NewAccount): Promise<SessionOutcome> {
    const { user, userErrors } = await this.#deps.accounts.register(viewer, input);
    return user === null ? { userErrors } : this.#start(viewer, user);
  }

  /** Signs in by user name and password. @throws {GatewayError} RATE_LIMITED after too many attempts, or too many at once. */
  async login(viewer: Viewer, input: { readonly username: string; readonly password: string }): Promise<SessionOutcome> {
    requirePermission(viewer, "session:create");
    const { users, passwords, throttle, audit } = this.#deps;
    const attempt = await throttle.begin(viewer.origin, input.username);
    const name = parseUsername(input.username);
    const found = name === null ? null : await users.findForLogin(name.canonicalName);
    const { isMatch, rehashed } = await passwords.verify(found?.passwordHash ?? null, input.password);
    if (found === null || !isMatch || !found.isActive) {
      await audit.record({
        actor: viewer,
        action: "USER_SIGNED_IN",
        outcome: "FAILED",
        // The typed name is not kept: people type their password into the wrong field.
        ...(found === null ? {} : { target: { type: "User", id: found.id } }),
        ownerId: found?.id ?? null,
        details: { reason: faultOf(found, isMatch) },
      });
      return { userErrors: [INVALID_LOGIN] };
    }
    await attempt.succeed();
    const { passwordHash, ...user } = found;
    if (rehashed !== null && passwordHash !== null) await users.replaceHash(user.id, passwordHash, rehashed);
    return this.#start(viewer, user);
  }

  /** Exchanges a refresh token for new tokens; each serves once. */
  async refresh(viewer: Viewer, refreshToken: string | null | undefined): Promise<SessionOutcome> {
    requirePermission(viewer, "session:create");
    const rotated = await this.#deps.rotation.rotate(viewer, refreshToken ?? "");
    if (rotated === null) return { userErrors: [INVALID_REFRESH_TOKEN] };
    return this.#issue(rotated.session.user, rotated.session.id, rotated.refreshToken);
  }

  /** Ends the session that the access token belongs to; false for a token that has none, a trusted issuer's. */
  async logout(viewer: Viewer): Promise<boolean> {
    const { id, sessionId } = requireUser(viewer, "session:end");
    if (sessionId === null) return false;
    const { database, sessions, liveSessions, audit, clock } = this.#deps;
    await database.transaction(async (transaction) => {
      if (!(await sessions.end(transaction, sessionId, clock.now(), "LOGOUT"))) return;
      await audit.append(transaction, {
        actor: viewer,
        action: "USER_SIGNED_OUT",
        target: { type: "Session", id: sessionId },
        ownerId: id,
      });
    });
    liveSessions.forget(sessionId);
    return true;
  }

  async #start(viewer: Viewer, user: UserRecord): Promise<SessionOutcome> {
    const { database, sessions, audit, makeId, clock } = this.#deps;
    const { refreshToken, tokenHash } = makeRefreshToken();
    const id = makeId("session");
    const now = clock.now();
    const { ip, userAgent } = viewer.origin;
    const expiresAt = new Date(now.getTime() + SESSION_LIFE_MS);
    const session = {
      id,
      userId: user.id,
      ip,
      userAgent,
      createdAt: now,
      lastUsedAt: now,
      expiresAt,
      endedAt: null,
      endReason: null,
    };
    await database.transaction(async (transaction) => {
      await sessions.create(transaction, session);
      await sessions.addRefreshToken(transaction, { id: makeId("refresh"), sessionId: id, tokenHash, createdAt: now });
      await audit.append(transaction, {
        actor: { type: "USER", id: user.id, origin: viewer.origin },
        action: "USER_SIGNED_IN",
        target: { type: "Session", id },
        ownerId: user.id,
      });
    });
    return this.#issue(user, id, refreshToken);
  }

  async #issue(user: UserRecord, sessionId: string, refreshToken: string): Promise<SessionOutcome> {
    const { accessToken, expiresAt } = await this.#deps.accessTokens.sign({ userId: user.id, sessionId });
    return { accessToken, refreshToken, tokenType: "Bearer", expiresAt, user, userErrors: [] };
  }
}

const INVALID_LOGIN: PersonError = { message: "Incorrect username or password", field: null, code: "INVALID_LOGIN" };

const INVALID_REFRESH_TOKEN: PersonError = {
  message: "This refresh token is not valid any more. Sign in again.",
  field: "refreshToken",
  code: "INVALID_REFRESH_TOKEN",
};

function faultOf(user: UserModel | null, isMatch: boolean): LoginFault {
  if (user === null) return "UNKNOWN_USER";
  return isMatch ? "USER_DISABLED" : "WRONG_PASSWORD";
}
