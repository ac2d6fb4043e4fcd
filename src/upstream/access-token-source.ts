import type { Database } from "../database/database.ts";
import { type Lease, LeaseLostError, type Leases } from "../database/leases.ts";
import type { Notifications } from "../database/notifications.ts";
import { GatewayError, isIntegrityError, notFound } from "../errors.ts";
import type { Clock } from "../identifiers.ts";
import type { Envelope } from "../keys/envelope.ts";
import type { AccessTokenRepository, TokenState } from "./access-token.repository.ts";
import { accessTokenSealContext, type SealedToken } from "./access-token-sealing.ts";
import { ConnectionError } from "./connection-error.ts";
import { failureAfter, restMs, toConnectionError } from "./login-failure.ts";
import { type RetryPolicy, retry } from "./retry.ts";
import { believedEnd, type LoginResult, requireToken } from "./upstream-token.ts";

/** Logs in at the upstream with the credential's version in use. Fails with a `ConnectionError` or a `GatewayError`. */
export type UpstreamLogin = (credentialId: string, signal: AbortSignal) => Promise<LoginResult>;

/** A token in the clear and as it is cached; `isCached` when no login was waited for. */
export type ObtainedToken = { readonly accessToken: string; readonly cached: SealedToken; readonly isCached: boolean };

export type TokenSourceDependencies = {
  readonly database: Database;
  readonly repository: AccessTokenRepository;
  readonly leases: Leases;
  readonly notifications: Notifications;
  readonly envelope: Envelope;
  readonly clock: Clock;
  readonly login: UpstreamLogin;
  /** `LOGIN_LEASE_MS` when left out. */
  readonly leaseMs?: number;
};

/**
 * A login is tried three times, but one that hung for long is not tried again; an upstream that wants long waits gets its wish,
 * but nobody is kept waiting for it here.
 */
const LOGIN_RETRIES: RetryPolicy = {
  retries: 2,
  firstDelayMs: 300,
  longestDelayMs: 5_000,
  longestHangMs: 10_000,
  transientCodes: new Set(["UNREACHABLE", "TIMEOUT", "RATE_LIMITED"]),
};

/** The channel that tells, by a credential's id, that a login for it has ended. */
export const LOGIN_ENDED = "login-ended";

/** A killed holder is replaced after this long, in milliseconds; a living one renews long before. */
export const LOGIN_LEASE_MS = 10_000;
/** Times that a living holder renews while its lease lasts. */
const RENEWALS = 4;
/** How often another node's login is looked at when nothing is heard of it. */
const POLL_MS = 500;
/** What a caller waits at most, in milliseconds: longer than three tries at a login that fails late, or its failure would count for nobody. */
const LONGEST_MS = 95_000;

/**
 * Where access tokens come from once this process has none: the cache that all nodes share, else a login that one node
 * makes under a lease while the others wait for its outcome. No connection or lock of the store is held meanwhile.
 */
export class AccessTokenSource {
  readonly #deps: TokenSourceDependencies;
  readonly #leaseMs: number;

  constructor({ leaseMs = LOGIN_LEASE_MS, ...dependencies }: TokenSourceDependencies) {
    this.#deps = dependencies;
    this.#leaseMs = leaseMs;
  }

  /**
   * `nextChange` resolves when the credential's row may have changed, at the latest after the milliseconds given.
   * @throws {ConnectionError} why the upstream gives no token now
   * @throws {GatewayError} NOT_FOUND when the credential is gone, and what the login throws
   */
  async obtain(credentialId: string, nextChange: (ms: number) => Promise<void>, stop: AbortSignal): Promise<ObtainedToken> {
    const deadline = AbortSignal.timeout(LONGEST_MS);
    const signal = AbortSignal.any([stop, deadline]);
    const first = await this.#find(credentialId);
    for (let state = first; ; state = await this.#find(credentialId)) {
      const settled = await this.#settle(state, first);
      if (settled !== null) return { ...settled, isCached: state === first };
      const lease = await this.#deps.leases.acquire(`access-token:${credentialId}`, this.#leaseMs);
      const token = lease === null ? await nextChange(POLL_MS) : await this.#logInUnder(lease, first, signal);
      if (token != null) return token;
      if (stop.aborted) throw new GatewayError("UNAVAILABLE", "Postern is stopping. Try again.", { reason: "stopping" });
      if (deadline.aborted) throw new ConnectionError("TIMEOUT", "AUTHENTICATE", "No login was finished in time.");
    }
  }

  async #find(credentialId: string): Promise<TokenState> {
    const state = await this.#deps.repository.find(credentialId);
    if (state === null) throw notFound("credential");
    return state;
  }

  /**
   * The token that the row holds, or null when a login has to be made. A login that ended since the `first` look counts
   * for whoever waited for it, although its token is not to be kept or its failure not to be remembered.
   */
  async #settle(state: TokenState, first: TokenState): Promise<Omit<ObtainedToken, "isCached"> | null> {
    const { token, failure, attempts } = state;
    const now = this.#deps.clock.now();
    const isAwaited = attempts > first.attempts && state.version === first.version;
    if (failure !== null && (isAwaited || restMs(failure, now) > 0)) throw toConnectionError(failure, now);
    if (token === null || (token.expiresAt <= now && !isAwaited)) return null;
    const accessToken = await openToken(this.#deps.envelope, token);
    return accessToken === null ? null : { accessToken, cached: token };
  }

  /** Null when the login came to nothing that counts: another node has taken over, or the cache was invalidated. */
  async #logInUnder(lease: Lease, first: TokenState, stop: AbortSignal): Promise<ObtainedToken | null> {
    const { leases, repository } = this.#deps;
    const lost = new AbortController();
    const renew = async () => {
      if (!(await leases.renew(lease, this.#leaseMs))) lost.abort();
    };
    // A store that is away for a moment costs nothing: the next renewal may still be in time.
    const renewing = setInterval(() => void renew().catch(() => undefined), this.#leaseMs / RENEWALS);
    try {
      if (first.attempts === 0) await repository.prepare(first.credentialId);
      const state = await this.#find(first.credentialId);
      const settled = await this.#settle(state, first);
      if (settled !== null) return { ...settled, isCached: false };
      return await this.#logIn(lease, state, AbortSignal.any([stop, lost.signal]));
    } catch (error) {
      if (error instanceof LeaseLostError || lost.signal.aborted) return null;
      throw error;
    } finally {
      clearInterval(renewing);
      // Not worth failing for what is stored already: it ends by itself.
      await leases.release(lease).catch(() => undefined);
    }
  }

  async #logIn(lease: Lease, state: TokenState, signal: AbortSignal): Promise<ObtainedToken | null> {
    const { credentialId, ownerKey, generation, version } = state;
    try {
      const result = await retry(() => this.#deps.login(credentialId, signal), LOGIN_RETRIES, signal);
      const accessToken = requireToken(result.accessToken);
      const place = { credentialId, ownerKey, generation, version, expiresAt: believedEnd(result, this.#deps.clock.now()) };
      const sealed = await this.#deps.envelope.seal(accessTokenSealContext(place), Buffer.from(accessToken));
      const cached = { ...place, sealed };
      return (await this.#publish(lease, cached)) ? { accessToken, cached, isCached: false } : null;
    } catch (error) {
      if (error instanceof ConnectionError && !signal.aborted) throw await this.#publishFailure(lease, state, error);
      throw error;
    }
  }

  #publish(lease: Lease, token: SealedToken): Promise<boolean> {
    const { database, leases, repository, notifications } = this.#deps;
    return database.transaction(async (transaction) => {
      await leases.assertHeld(transaction, lease);
      const isPublished = await repository.publish(transaction, token);
      await notifications.publish(LOGIN_ENDED, token.credentialId, transaction);
      return isPublished;
    });
  }

  /** The error to throw, with what is now known of the wait. */
  async #publishFailure(lease: Lease, state: TokenState, error: ConnectionError): Promise<ConnectionError> {
    const { database, leases, repository, notifications, clock } = this.#deps;
    const now = clock.now();
    const failure = failureAfter(error, state.failures, now);
    await database.transaction(async (transaction) => {
      await leases.assertHeld(transaction, lease);
      await repository.publishFailure(transaction, state, failure);
      await notifications.publish(LOGIN_ENDED, state.credentialId, transaction);
    });
    return toConnectionError(failure, now);
  }
}

/** The token in the clear; null when it cannot be opened, which costs one login more and gives nothing away. */
export async function openToken(envelope: Envelope, token: SealedToken): Promise<string | null> {
  try {
    return (await envelope.open(accessTokenSealContext(token), token.sealed)).toString();
  } catch (error) {
    if (isIntegrityError(error)) return null;
    throw error;
  }
}
