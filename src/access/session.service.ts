import type { AuditLog } from "../audit/audit-log.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { UserModel } from "../database/generated/sqlite/models.ts";
import { GatewayError, type PersonError } from "../errors.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import type { AccessTokens } from "./access-token.ts";
import type { LiveSessions } from "./live-sessions.ts";
import type { LoginAttempt, LoginThrottle } from "./login-throttle.ts";
import type { Passwords } from "./password.ts";
import { makeRefreshToken } from "./refresh-token.ts";
import type { RefreshTokenRotation } from "./refresh-token-rotation.ts";
import type { RequiredStep, RequiredSteps } from "./required-step.ts";
import { CODE_NEEDED, type SecondFactorCheck, type SecondFactorMethod } from "./second-factor-check.ts";
import type { SessionRepository, SessionWithUser } from "./session.repository.ts";
import type { SessionLife } from "./session-life.ts";
import type { UserRecord, UserRepository } from "./user.repository.ts";
import type { NewAccount, UserService } from "./user.service.ts";
import { parseUsername } from "./username.ts";
import { requirePermission, requireUser, type Viewer } from "./viewer.ts";

export type SessionTokens = {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly tokenType: "Bearer";
  /** When the access token expires. */
  readonly expiresAt: Date;
  readonly user: UserRecord;
  /** When the session ends, however often it is refreshed. */
  readonly sessionExpiresAt: Date;
  /** What the user has to do before anything else. */
  readonly requiredStep: RequiredStep | null;
};

/** What a person signs in with; `code` for who has a second factor. */
export type LoginCredentials = {
  readonly username: string;
  readonly password: string;
  readonly code?: string | null | undefined;
};

/**
 * What a browser that keeps its session in a cookie has there: a refresh token, or null for nothing. Who keeps their tokens
 * themselves has none of it: undefined.
 */
export type SessionCookieContent = { readonly refreshToken: string | null };

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
  readonly secondFactors: SecondFactorCheck;
  readonly requiredSteps: RequiredSteps;
  readonly accessTokens: AccessTokens;
  readonly rotation: RefreshTokenRotation;
  readonly liveSessions: LiveSessions;
  readonly life: SessionLife;
  readonly audit: AuditLog;
  readonly makeId: MakeId;
  readonly clock: Clock;
  /** Told of every sign-in by password: `OK`, or why there was none. */
  readonly onLogin?: ((outcome: string) => void) | undefined;
};

/** Why a sign-in was refused; for the audit alone, callers hear one answer. */
type LoginFault = "UNKNOWN_USER" | "WRONG_PASSWORD" | "USER_DISABLED" | "WRONG_CODE" | "USER_CHANGED";

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
  async register(viewer: Viewer, input: NewAccount, cookie?: SessionCookieContent): Promise<SessionOutcome> {
    const { user, userErrors } = await this.#deps.accounts.register(viewer, input);
    return user === null ? { userErrors } : this.#start(viewer, user, cookie);
  }

  /**
   * Signs in by user name and password, and by a code where the user has a second factor.
   * @throws {GatewayError} RATE_LIMITED after too many attempts, or too many at once.
   */
  async login(viewer: Viewer, input: LoginCredentials, cookie?: SessionCookieContent): Promise<SessionOutcome> {
    const { onLogin } = this.#deps;
    try {
      const outcome = await this.#logIn(viewer, input, cookie);
      onLogin?.(outcome.userErrors[0]?.code ?? "OK");
      return outcome;
    } catch (error) {
      onLogin?.(error instanceof GatewayError ? error.code : "INTERNAL");
      throw error;
    }
  }

  async #logIn(viewer: Viewer, input: LoginCredentials, cookie: SessionCookieContent | undefined): Promise<SessionOutcome> {
    requirePermission(viewer, "session:create");
    const { users, passwords, throttle } = this.#deps;
    const attempt = await throttle.begin(viewer.origin, input.username);
    const name = parseUsername(input.username);
    const found = name === null ? null : await users.findForLogin(name.canonicalName);
    const { isMatch, rehashed } = await passwords.verify(found?.passwordHash ?? null, input.password);
    if (found === null || !isMatch || !found.isActive) {
      await this.#recordFailure(viewer, found?.id ?? null, faultOf(found, isMatch));
      return { userErrors: [INVALID_LOGIN] };
    }
    const { passwordHash, ...user } = found;
    if (rehashed !== null && passwordHash !== null) await users.replaceHash(user.id, passwordHash, rehashed);
    return this.#finish(viewer, { user, code: input.code, attempt }, cookie);
  }

  /** The second step of a sign-in, after the right password. */
  async #finish(viewer: Viewer, { user, code, attempt }: FirstStep, cookie: SessionCookieContent | undefined) {
    const verdict = await this.#deps.secondFactors.check({ user, code, attempt, actor: viewer });
    if ("fault" in verdict) {
      await (verdict.fault === CODE_NEEDED
        ? this.#deps.audit.record({
            actor: viewer,
            action: "SECOND_FACTOR_REQUESTED",
            target: { type: "User", id: user.id },
            ownerId: user.id,
          })
        : this.#recordFailure(viewer, user.id, "WRONG_CODE"));
      return { userErrors: [verdict.fault] };
    }
    await attempt.succeed();
    return this.#start(viewer, user, cookie, verdict.method);
  }

  async #recordFailure(actor: Viewer, userId: string | null, reason: LoginFault): Promise<void> {
    await this.#deps.audit.record({
      actor,
      action: "USER_SIGNED_IN",
      outcome: "FAILED",
      // The typed name is not kept: people type their password into the wrong field.
      ...(userId === null ? {} : { target: { type: "User", id: userId } }),
      ownerId: userId,
      details: { reason },
    });
  }

  /** Exchanges a refresh token, the cookie's where there is one, for new tokens; each serves once. */
  async refresh(viewer: Viewer, refreshToken: string | null | undefined, cookie?: SessionCookieContent): Promise<SessionOutcome> {
    requirePermission(viewer, "session:create");
    const { rotation } = this.#deps;
    const rotated =
      cookie === undefined
        ? await rotation.rotate(viewer, refreshToken ?? "", "BEARER")
        : await rotation.rotate(viewer, cookie.refreshToken ?? "", "COOKIE");
    return rotated === null ? { userErrors: [INVALID_REFRESH_TOKEN] } : this.#issue(rotated.session, rotated.refreshToken);
  }

  /**
   * Ends the session that the access token belongs to, and the one in the browser's cookie, for which an access token may
   * have expired; false when there is none to end: a trusted issuer's token has no session here.
   */
  async logout(viewer: Viewer, cookie?: SessionCookieContent): Promise<boolean> {
    const inCookie = cookie?.refreshToken == null ? null : await this.#deps.rotation.findSession(cookie.refreshToken, "COOKIE");
    const ended: EndedSession[] = inCookie === null ? [] : [inCookie];
    if (inCookie === null || viewer.type !== "ANONYMOUS") {
      const { id: userId, sessionId } = requireUser(viewer, "session:end");
      if (sessionId !== null && sessionId !== inCookie?.id) ended.push({ id: sessionId, userId });
    }
    const { database, liveSessions } = this.#deps;
    await database.transaction(async (transaction) => {
      for (const session of ended) await this.#end(transaction, viewer, session, "LOGOUT");
    });
    for (const { id } of ended) liveSessions.forget(id);
    return ended.length > 0;
  }

  /**
   * Begins a session with an id of its own; the one that the browser's cookie was of ends with it. A user who was changed since
   * they proved themselves gets none: their new password, or their being disabled, has just ended all that they had.
   */
  async #start(
    viewer: Viewer,
    user: UserRecord,
    cookie: SessionCookieContent | undefined,
    method: SecondFactorMethod = null,
  ): Promise<SessionOutcome> {
    const { database, users, sessions, rotation, liveSessions, life, audit, makeId, clock } = this.#deps;
    const { refreshToken, tokenHash } = makeRefreshToken();
    const id = makeId("session");
    const now = clock.now();
    const kind = cookie === undefined ? "BEARER" : "COOKIE";
    const times = { createdAt: now, lastUsedAt: now, confirmedAt: null, expiresAt: life.endOf(kind, now) };
    const { ip, userAgent } = viewer.origin;
    const session = { id, userId: user.id, kind, ip, userAgent, ...times, endedAt: null, endReason: null } as const;
    const replaced = cookie?.refreshToken == null ? null : await rotation.findSession(cookie.refreshToken, kind);
    const isBegun = await database.transaction(async (transaction) => {
      if (!(await users.isUnchanged(transaction, user))) return false;
      if (replaced !== null) await this.#end(transaction, viewer, replaced, "REPLACED");
      await sessions.create(transaction, session);
      await sessions.addRefreshToken(transaction, { id: makeId("refresh"), sessionId: id, tokenHash, createdAt: now });
      await audit.append(transaction, {
        actor: { type: "USER", id: user.id, origin: viewer.origin },
        action: "USER_SIGNED_IN",
        target: { type: "Session", id },
        ownerId: user.id,
        ...(method === null ? {} : { details: { secondFactor: method } }),
      });
      return true;
    });
    if (!isBegun) {
      await this.#recordFailure(viewer, user.id, "USER_CHANGED");
      return { userErrors: [INVALID_LOGIN] };
    }
    if (replaced !== null) liveSessions.forget(replaced.id);
    return this.#issue({ ...session, user }, refreshToken);
  }

  /** Ends a session and records it, unless somebody has done so before. */
  async #end(transaction: Transaction, actor: Viewer, { id, userId }: EndedSession, reason: string): Promise<void> {
    const { sessions, audit, clock } = this.#deps;
    if (!(await sessions.end(transaction, id, clock.now(), reason))) return;
    await audit.append(transaction, { actor, action: "USER_SIGNED_OUT", target: { type: "Session", id }, ownerId: userId });
  }

  async #issue({ id: sessionId, user, kind, expiresAt: sessionExpiresAt }: SessionWithUser, refreshToken: string) {
    const { accessToken, expiresAt } = await this.#deps.accessTokens.sign({ userId: user.id, sessionId });
    const requiredStep = this.#deps.requiredSteps.find(user, kind);
    const tokens = { accessToken, refreshToken, tokenType: "Bearer", expiresAt, user, sessionExpiresAt, requiredStep } as const;
    return { ...tokens, userErrors: [] as const };
  }
}

/** A sign-in whose password was right. */
type FirstStep = { readonly user: UserRecord; readonly code: string | null | undefined; readonly attempt: LoginAttempt };

type EndedSession = Pick<SessionWithUser, "id" | "userId">;

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
