import type { AuditLog } from "../audit/audit-log.ts";
import type { Config } from "../config.ts";
import type { Database } from "../database/database.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import type { Envelope } from "../keys/envelope.ts";
import type { SealedSource } from "../keys/sealed-source.ts";
import { createAccessTokens } from "./access-token.ts";
import { type Authentication, createAccessTokenAuthenticator, createAuthentication } from "./authentication.ts";
import { createLiveSessions } from "./live-sessions.ts";
import { createPasswords } from "./password.ts";
import { createRefreshTokenRotation } from "./refresh-token-rotation.ts";
import { SessionRepository } from "./session.repository.ts";
import { SessionService } from "./session.service.ts";
import { SigningKeyRepository } from "./signing-key.repository.ts";
import { SigningKeyService } from "./signing-key.service.ts";
import { createSigningKeySource } from "./signing-key.source.ts";
import { UserRepository } from "./user.repository.ts";
import { UserService } from "./user.service.ts";

export type AccessDeps = {
  readonly database: Database;
  readonly envelope: Envelope;
  readonly audit: AuditLog;
  readonly makeId: MakeId;
  readonly clock: Clock;
  readonly config: Pick<Config, "issuer" | "REGISTRATION">;
};

export type Access = {
  readonly users: UserService;
  readonly sessions: SessionService;
  readonly signingKeys: SigningKeyService;
  readonly authentication: Authentication;
  /** What a rotation of key-encryption keys has to re-wrap. */
  readonly sealedSources: readonly SealedSource[];
  /** Forgets what is past its time; to be called every few seconds. */
  sweep(): Promise<void>;
};

/** The room's services, wired. Before the first sign-in, `signingKeys.ensureSigningKey()` must have run. */
export function createAccess({ database, envelope, audit, makeId, clock, config }: AccessDeps): Access {
  const userRepository = new UserRepository(database);
  const sessionRepository = new SessionRepository(database);
  const keyRepository = new SigningKeyRepository(database);
  const shared = { database, audit, makeId, clock };

  const passwords = createPasswords();
  const liveSessions = createLiveSessions(sessionRepository, clock);
  const signingKeys = new SigningKeyService({ ...shared, signingKeys: keyRepository, envelope });
  const accessTokens = createAccessTokens({ signingKeys, issuer: config.issuer, clock });
  const rotation = createRefreshTokenRotation({ ...shared, sessions: sessionRepository, liveSessions, envelope });
  const users = new UserService({ ...shared, users: userRepository, passwords, registration: config.REGISTRATION });
  const sessions = new SessionService({
    ...shared,
    sessions: sessionRepository,
    users: userRepository,
    accounts: users,
    passwords,
    accessTokens,
    rotation,
    liveSessions,
  });
  return {
    users,
    sessions,
    signingKeys,
    authentication: createAuthentication([createAccessTokenAuthenticator(accessTokens, liveSessions)]),
    sealedSources: [createSigningKeySource(keyRepository)],
    sweep: () => rotation.sweep(),
  };
}
