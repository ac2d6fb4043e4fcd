import { AuditEventRepository } from "../audit/audit-event.repository.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Config } from "../config.ts";
import type { Database } from "../database/database.ts";
import type { RateLimiter } from "../database/rate-counters.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import type { Envelope } from "../keys/envelope.ts";
import type { SealedSource } from "../keys/sealed-source.ts";
import { createAccessTokens } from "./access-token.ts";
import { AccountService } from "./account.service.ts";
import { type Authentication, createAccessTokenAuthenticator, createAuthentication } from "./authentication.ts";
import { ExternalIdentityRepository } from "./external-identity.repository.ts";
import { ExternalUserService } from "./external-user.service.ts";
import { createIdentityProof } from "./identity-proof.ts";
import type { FetchKeySet } from "./issuer-keys.ts";
import { createLastUses } from "./last-uses.ts";
import { createLiveSessions } from "./live-sessions.ts";
import { createLoginThrottle } from "./login-throttle.ts";
import { createPasswords } from "./password.ts";
import { createBlocklist } from "./password-blocklist.ts";
import { createPasswordJudge } from "./password-policy.ts";
import { createRefreshTokenRotation } from "./refresh-token-rotation.ts";
import { createRequiredSteps, type RequiredStepsConfig } from "./required-step.ts";
import { SecondFactorRepository } from "./second-factor.repository.ts";
import { createSecondFactorSource } from "./second-factor.sealing.ts";
import { SecondFactorService } from "./second-factor.service.ts";
import { createSecondFactorCheck } from "./second-factor-check.ts";
import { ServiceTokenRepository } from "./service-token.repository.ts";
import { ServiceTokenService } from "./service-token.service.ts";
import { createEnvironmentTokenAuthenticator, createServiceTokenAuthenticator } from "./service-token-authenticator.ts";
import type { TokenLife } from "./service-token-limits.ts";
import { SessionRepository } from "./session.repository.ts";
import { SessionService } from "./session.service.ts";
import { createSessionLife, type SessionLifeConfig } from "./session-life.ts";
import { SigningKeyRepository } from "./signing-key.repository.ts";
import { SigningKeyService } from "./signing-key.service.ts";
import { createSigningKeySource } from "./signing-key.source.ts";
import { createTrustedIssuerAuthenticator } from "./trusted-issuers.ts";
import { UserRepository } from "./user.repository.ts";
import { UserService } from "./user.service.ts";
import { UserAdministrationService } from "./user-administration.service.ts";
import { UserImportService } from "./user-import.service.ts";

export type AccessDeps = {
  readonly database: Database;
  readonly envelope: Envelope;
  readonly audit: AuditLog;
  /** For signing in and out, which go on when the trail cannot be written. */
  readonly signInAudit: AuditLog;
  readonly makeId: MakeId;
  readonly clock: Clock;
  readonly limiter: RateLimiter;
  /** Told of every user that was disabled, once that is stored, and of every one who is to be deleted. */
  readonly onUserDisabled: (userId: string) => Promise<void>;
  /** Told whenever something sealed was deleted, once that is stored: what is left of it on the disk is to be wiped. */
  readonly onSealedDeleted: () => void;
  /** Told of every sign-in by password: `OK`, or why there was none. Nobody is told when left out. */
  readonly onLogin?: (outcome: string) => void;
  /** Ids of the connectors that there are. */
  readonly connectorIds: readonly string[];
  readonly fetchKeySet: FetchKeySet;
  readonly config: SessionLifeConfig &
    Pick<
      Config,
      | keyof TokenLife
      | "issuer"
      | "REGISTRATION"
      | keyof RequiredStepsConfig
      | "LOGIN_FREE_ATTEMPTS"
      | "LOGIN_FAILURES_PER_IP"
      | "PASSWORD_MEMORY_KIB"
      | "PASSWORD_PASSES"
      | "PASSWORD_BLOCKLIST_FILE"
      | "HMS_API_TOKEN"
      | "TRUSTED_ISSUERS"
    >;
};

export type Access = {
  readonly users: UserService;
  readonly userImport: UserImportService;
  readonly administration: UserAdministrationService;
  readonly account: AccountService;
  readonly secondFactors: SecondFactorService;
  readonly sessions: SessionService;
  readonly serviceTokens: ServiceTokenService;
  readonly signingKeys: SigningKeyService;
  readonly authentication: Authentication;
  /** What a rotation of key-encryption keys has to re-wrap. */
  readonly sealedSources: readonly SealedSource[];
  /** How many password hashes wait for their turn. */
  hashesWaiting(): number;
  /** Forgets what is past its time; to be called every few seconds. */
  sweep(): Promise<void>;
  /** Writes what is held back to save writes; to be called before the store is closed. */
  stop(): Promise<void>;
};

/** What the room's services share; the repositories are nobody else's. */
function createShared({ database, envelope, audit, makeId, clock, config }: AccessDeps) {
  const sessions = new SessionRepository(database);
  const life = createSessionLife(config);
  const blocklist = config.PASSWORD_BLOCKLIST_FILE;
  return {
    ...{ database, envelope, audit, makeId, clock, life, sessions },
    users: new UserRepository(database),
    factors: new SecondFactorRepository(database),
    passwords: createPasswords({ memoryKib: config.PASSWORD_MEMORY_KIB, passes: config.PASSWORD_PASSES, lanes: 1 }),
    judgePassword: createPasswordJudge(blocklist === undefined ? null : createBlocklist(blocklist)),
    requiredSteps: createRequiredSteps(config, clock),
    liveSessions: createLiveSessions(sessions, life, clock),
  };
}

type Shared = ReturnType<typeof createShared>;

/** Who proves who they are, and the sessions that come of it. */
function createSignIn(shared: Shared, { signInAudit, limiter, config, onLogin }: AccessDeps, keys: SigningKeyRepository) {
  const { clock } = shared;
  const signingKeys = new SigningKeyService({ ...shared, signingKeys: keys });
  const accessTokens = createAccessTokens({ signingKeys, issuer: config.issuer, clock });
  const rotation = createRefreshTokenRotation({ ...shared, audit: signInAudit });
  const throttle = createLoginThrottle({
    limiter,
    freeAttempts: config.LOGIN_FREE_ATTEMPTS,
    failuresPerIp: config.LOGIN_FAILURES_PER_IP,
  });
  const secondFactors = createSecondFactorCheck({ ...shared, audit: signInAudit });
  const users = new UserService({ ...shared, registration: config.REGISTRATION });
  const common = { ...shared, throttle, secondFactors };
  return {
    ...{ users, signingKeys, accessTokens, rotation },
    proof: createIdentityProof(common),
    sessions: new SessionService({ ...common, audit: signInAudit, accounts: users, onLogin, accessTokens, rotation }),
  };
}

/** The room's services, wired. Before the first sign-in, `signingKeys.ensureSigningKey()` must have run. */
export function createAccess(deps: AccessDeps): Access {
  const { database, clock, config, onSealedDeleted, onUserDisabled } = deps;
  const shared = createShared(deps);
  const keyRepository = new SigningKeyRepository(database);
  const { users, signingKeys, accessTokens, rotation, proof, sessions } = createSignIn(shared, deps, keyRepository);
  const sessionUses = createLastUses(shared.sessions, clock);
  const serviceTokens = createServiceTokens(deps);
  const externalUsers = new ExternalUserService({ ...shared, identities: new ExternalIdentityRepository(database) });
  const forgetUsers = () => {
    shared.liveSessions.forgetAll();
    externalUsers.forgetAll();
  };
  const changing = { ...shared, proof, forgetUsers, onSealedDeleted };
  return {
    ...{ users, sessions, signingKeys },
    userImport: new UserImportService({ ...shared, events: new AuditEventRepository(database) }),
    administration: new UserAdministrationService({ ...changing, onDisabled: onUserDisabled }),
    account: new AccountService(changing),
    secondFactors: new SecondFactorService(changing),
    serviceTokens: serviceTokens.service,
    authentication: createAuthentication([
      ...serviceTokens.authenticators,
      createAccessTokenAuthenticator({ ...shared, accessTokens, sessionUses }),
      createTrustedIssuerAuthenticator({ ...deps, issuers: config.TRUSTED_ISSUERS, users: externalUsers }),
    ]),
    sealedSources: [createSigningKeySource(keyRepository), createSecondFactorSource(shared.factors)],
    hashesWaiting: shared.passwords.waiting,
    sweep: async () => {
      await rotation.sweep();
      await serviceTokens.uses.flush();
      await sessionUses.flush();
    },
    stop: async () => {
      await serviceTokens.uses.flush(true);
      await sessionUses.flush(true);
    },
  };
}

function createServiceTokens({ database, audit, makeId, clock, connectorIds, config }: AccessDeps) {
  const tokens = new ServiceTokenRepository(database);
  const uses = createLastUses(tokens, clock);
  const authenticator = createServiceTokenAuthenticator({ tokens, uses, clock });
  const fromEnvironment = config.HMS_API_TOKEN;
  return {
    uses,
    service: new ServiceTokenService({ database, tokens, authenticator, connectorIds, tokenLife: config, audit, makeId, clock }),
    authenticators: [
      authenticator,
      ...(fromEnvironment === undefined ? [] : [createEnvironmentTokenAuthenticator(fromEnvironment)]),
    ],
  };
}
