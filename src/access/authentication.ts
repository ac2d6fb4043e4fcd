import { GatewayError } from "../errors.ts";
import type { Clock } from "../identifiers.ts";
import type { AccessTokens } from "./access-token.ts";
import type { LastUses } from "./last-uses.ts";
import type { LiveSessions } from "./live-sessions.ts";
import type { Reauthentication } from "./reauthentication.ts";
import { permissionsOfUser, type RequiredSteps } from "./required-step.ts";
import type { SessionWithUser } from "./session.repository.ts";
import type { SessionLife } from "./session-life.ts";
import { anonymousViewer, type RequestOrigin, type Viewer } from "./viewer.ts";

/** One kind of token. */
export type Authenticator = {
  /** Whether a token looks like this kind, by its text alone. */
  accepts(token: string): boolean;
  /** Whom it stands for, or null when it is not, or no longer, valid. */
  authenticate(token: string, origin: RequestOrigin): Promise<Viewer | null>;
};

export type Authentication = {
  /**
   * Who calls, by the `Authorization` header; ANONYMOUS without one.
   * @throws {GatewayError} UNAUTHENTICATED for a header that is not accepted, whatever is wrong with it
   */
  authenticate(authorization: string | undefined, origin: RequestOrigin): Promise<Viewer>;
  /** The same, but a header that is not accepted makes the caller ANONYMOUS: for where `me` answers null. */
  authenticateOrAnonymous(authorization: string | undefined, origin: RequestOrigin): Promise<Viewer>;
};

// RFC 9110, section 11.4, has one space or more; two joined headers have a comma and a space in them, which no token has.
const BEARER_SHAPE = /^Bearer +([\x21-\x7e]+)$/i;

/** Tells who calls; each kind of token has its authenticator, and the first that knows a token answers. */
export function createAuthentication(authenticators: readonly Authenticator[]): Authentication {
  const identify = async (authorization: string, origin: RequestOrigin): Promise<Viewer | null> => {
    const token = BEARER_SHAPE.exec(authorization)?.[1];
    if (token === undefined) return null;
    for (const authenticator of authenticators) {
      const viewer = authenticator.accepts(token) ? await authenticator.authenticate(token, origin) : null;
      if (viewer !== null) return viewer;
    }
    return null;
  };

  return {
    authenticate: async (authorization, origin) => {
      if (authorization === undefined) return anonymousViewer(origin);
      const viewer = await identify(authorization, origin);
      if (viewer === null) throw new GatewayError("UNAUTHENTICATED", "The access token is not valid. Sign in again.");
      return viewer;
    },
    authenticateOrAnonymous: async (authorization, origin) =>
      (authorization === undefined ? null : await identify(authorization, origin)) ?? anonymousViewer(origin),
  };
}

export type AccessTokenAuthenticatorDeps = {
  readonly accessTokens: AccessTokens;
  readonly liveSessions: LiveSessions;
  readonly sessionUses: LastUses;
  readonly life: SessionLife;
  readonly requiredSteps: RequiredSteps;
  readonly clock: Clock;
};

/**
 * Postern's own access tokens. The token says which session; role and permissions are the store's, so that a change
 * counts within seconds.
 */
export function createAccessTokenAuthenticator(deps: AccessTokenAuthenticatorDeps): Authenticator {
  const { accessTokens, liveSessions, sessionUses, requiredSteps } = deps;
  return {
    accepts: (token) => token.split(".", 4).length === 3,
    authenticate: async (token, origin) => {
      const claims = await accessTokens.verify(token);
      const session = claims === null ? null : await liveSessions.find(claims.sessionId);
      if (claims === null || session === null || session.userId !== claims.userId) return null;
      // A program's session is used when it is refreshed; a person's whenever the person does something.
      if (session.kind === "COOKIE") sessionUses.note(session.id);
      const { id, username, role } = session.user;
      const reauthentication = createReauthentication(deps, session);
      const requiredStep = requiredSteps.find(session.user, session.kind);
      const permissions = permissionsOfUser(role, requiredStep);
      return { type: "USER", id, username, role, sessionId: session.id, permissions, requiredStep, reauthentication, origin };
    },
  };
}

/** A password that was confirmed on another node a moment ago counts here: before it says no, the store is asked anew. */
function createReauthentication(
  { liveSessions, life, clock }: AccessTokenAuthenticatorDeps,
  session: SessionWithUser,
): Reauthentication {
  const isRecent = (known: SessionWithUser | null) => known !== null && life.isConfirmed(known, clock.now());
  return {
    isInBrowser: session.kind === "COOKIE",
    isRecent: async () => isRecent(session) || isRecent(await liveSessions.findAnew(session.id)),
  };
}
