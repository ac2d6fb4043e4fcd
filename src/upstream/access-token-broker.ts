import { EventEmitter } from "node:events";
import { AccessTokenRepository } from "./access-token.repository.ts";
import { AccessTokenMemory } from "./access-token-memory.ts";
import type { SealedToken } from "./access-token-sealing.ts";
import {
  AccessTokenSource,
  LOGIN_ENDED,
  type ObtainedToken,
  openToken,
  type TokenSourceDependencies,
} from "./access-token-source.ts";
import { ConnectionError } from "./connection-error.ts";
import { untilAborted } from "./until-aborted.ts";

/** Told of what callers got: where each token came from, and how long some waited for a login that another had begun. */
export type TokenWatch = {
  noteToken(origin: "memory" | "shared" | "upstream" | "failed"): void;
  noteWait(milliseconds: number): void;
};

export type AccessTokenBrokerDependencies = Omit<TokenSourceDependencies, "repository"> & {
  /** Nobody is told when left out. */
  readonly watch?: TokenWatch;
};

export type IssueOptions = {
  /** The credential's version that the caller has in hand; a token of an older one is not given. */
  readonly version: number;
  /** A token of a login that begins now, whatever is cached. */
  readonly forceRefresh?: boolean;
  /** Ends the wait of this caller alone; a login that others may wait for goes on. */
  readonly signal?: AbortSignal;
};

/** `generation` is the cache's: give it back to `invalidate` when the upstream does not take the token. */
export type IssuedToken = {
  readonly accessToken: string;
  readonly expiresAt: Date;
  readonly isCached: boolean;
  readonly generation: number;
};

/** The one outcome that callers of a process wait for together. */
type Flight = { readonly version: number; readonly outcome: Promise<ObtainedToken> };

/** The channel that tells, as `node:credentialId`, that a cached token is void. */
const INVALIDATED = "access-token-void";

/**
 * Hands out the upstream's own access tokens. However many callers ask on however many nodes, the upstream sees one login;
 * what was invalidated is handed out by nobody, not even by a login that was under way; and a refused password is not sent
 * again before it changes or a minute has passed.
 */
export class AccessTokenBroker {
  readonly #deps: AccessTokenBrokerDependencies;
  readonly #repository: AccessTokenRepository;
  readonly #source: AccessTokenSource;
  readonly #memory = new AccessTokenMemory();
  readonly #flights = new Map<string, Flight>();
  readonly #refreshes = new Map<string, Promise<ObtainedToken>>();
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #closing = new AbortController();
  readonly #nodeId: string;
  readonly #unsubscribe: readonly (() => void)[];

  constructor(dependencies: AccessTokenBrokerDependencies & { readonly nodeId: string }) {
    const { notifications, nodeId } = dependencies;
    this.#deps = dependencies;
    this.#nodeId = nodeId;
    this.#repository = new AccessTokenRepository(dependencies.database);
    this.#source = new AccessTokenSource({ ...dependencies, repository: this.#repository });
    const onGap = () => this.#forgetAll();
    this.#unsubscribe = [
      notifications.subscribe(INVALIDATED, { onMessage: (payload) => this.#onInvalidated(payload), onGap }),
      notifications.subscribe(LOGIN_ENDED, { onMessage: (credentialId) => this.#wake(credentialId), onGap: () => {} }),
    ];
  }

  /**
   * An access token of the credential, from memory, from the cache of all nodes, or from a login.
   * @throws {ConnectionError} why the upstream gives none, with `retryAfterSeconds` while it is left alone; TIMEOUT when
   * the caller stops
   * @throws {GatewayError} NOT_FOUND when the credential is gone, INTEGRITY_ERROR when it cannot be opened
   */
  async issue(credentialId: string, { version, forceRefresh = false, signal }: IssueOptions): Promise<IssuedToken> {
    const kept = forceRefresh ? null : await this.#fromMemory(credentialId, version);
    const obtain = () => {
      const obtaining = forceRefresh ? this.#refresh(credentialId, version) : this.#join(credentialId, version);
      return signal === undefined ? obtaining : untilAborted(obtaining, signal, stopped);
    };
    const { accessToken, cached, isCached } = kept ?? (await this.#noteFailure(obtain()));
    this.#deps.watch?.noteToken(kept !== null ? "memory" : isCached ? "shared" : "upstream");
    return { accessToken, expiresAt: cached.expiresAt, isCached, generation: cached.generation };
  }

  /**
   * Makes all nodes forget the token, and a login under way publish nothing. With `generation`, only if that one's token
   * is still the cached one: of many callers whose token the upstream refused, one makes the cache forget it.
   */
  async invalidate(credentialId: string, generation?: number): Promise<void> {
    const { database, notifications } = this.#deps;
    await database.transaction(async (transaction) => {
      const isChanged = await this.#repository.invalidate(transaction, credentialId, generation);
      // With the credential its row is deleted, and other nodes still have the token in memory.
      if (isChanged || generation === undefined)
        await notifications.publish(INVALIDATED, `${this.#nodeId}:${credentialId}`, transaction);
    });
    this.#forget(credentialId);
  }

  /** The same for all credentials of an owner (a user's id, or `system`). */
  async invalidateOwner(ownerKey: string): Promise<void> {
    for (const credentialId of await this.#repository.findCredentialIds(ownerKey)) await this.invalidate(credentialId);
  }

  /** Ends logins under way, and resolves when none is. */
  async close(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#closing.abort();
    const outcomes = [...this.#flights.values()].map((flight) => flight.outcome);
    this.#forgetAll();
    await Promise.allSettled(outcomes);
  }

  async #fromMemory(credentialId: string, version: number): Promise<ObtainedToken | null> {
    const { notifications, clock, envelope } = this.#deps;
    if (!notifications.isLive()) return null;
    const cached = this.#memory.find(credentialId, version, clock.now());
    if (cached === null) return null;
    const accessToken = await openToken(envelope, cached);
    return accessToken === null ? null : { accessToken, cached, isCached: true };
  }

  /** The outcome that others in this process wait for already, unless it may be of an older version; else a new one. */
  #join(credentialId: string, version: number): Promise<ObtainedToken> {
    const current = this.#flights.get(credentialId);
    if (current !== undefined && current.version >= version) return this.#noteWait(current.outcome);
    const outcome = this.#source.obtain(credentialId, (ms) => this.#nextChange(credentialId, ms), this.#closing.signal);
    const flight = { version, outcome };
    this.#flights.set(credentialId, flight);
    const land = (cached: SealedToken | null) => {
      // One that was put aside meanwhile was made before an invalidation: it is not kept.
      if (this.#flights.get(credentialId) !== flight) return;
      this.#flights.delete(credentialId);
      if (cached !== null && this.#deps.notifications.isLive()) this.#memory.keep(cached);
    };
    outcome.then(
      ({ cached }) => land(cached),
      () => land(null),
    );
    return outcome;
  }

  /** Forgets what is cached now, and joins what comes after; those who ask meanwhile share it. */
  #refresh(credentialId: string, version: number): Promise<ObtainedToken> {
    const current = this.#refreshes.get(credentialId);
    if (current !== undefined) return current;
    const refresh = async () => {
      const state = await this.#repository.find(credentialId);
      if (state?.token != null) await this.invalidate(credentialId, state.generation);
      return this.#join(credentialId, version);
    };
    const outcome = refresh().finally(() => this.#refreshes.delete(credentialId));
    this.#refreshes.set(credentialId, outcome);
    return outcome;
  }

  async #noteFailure(outcome: Promise<ObtainedToken>): Promise<ObtainedToken> {
    try {
      return await outcome;
    } catch (error) {
      this.#deps.watch?.noteToken("failed");
      throw error;
    }
  }

  async #noteWait(outcome: Promise<ObtainedToken>): Promise<ObtainedToken> {
    const begun = performance.now();
    try {
      return await outcome;
    } finally {
      this.#deps.watch?.noteWait(performance.now() - begun);
    }
  }

  #onInvalidated(payload: string): void {
    const [nodeId, credentialId = ""] = payload.split(":");
    // Its own echo would put aside the very login that followed.
    if (nodeId !== this.#nodeId) this.#forget(credentialId);
  }

  #forget(credentialId: string): void {
    this.#memory.drop(credentialId);
    this.#flights.delete(credentialId);
    this.#wake(credentialId);
  }

  #forgetAll(): void {
    this.#memory.clear();
    this.#flights.clear();
    for (const row of this.#changes.eventNames()) this.#changes.emit(row);
  }

  #wake(credentialId: string): void {
    this.#changes.emit(`row:${credentialId}`);
  }

  #nextChange(credentialId: string, timeoutMs: number): Promise<void> {
    const row = `row:${credentialId}`;
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(timer);
        this.#changes.off(row, settle);
        resolve();
      };
      const timer = setTimeout(settle, timeoutMs);
      this.#changes.on(row, settle);
    });
  }
}

/** The error of a caller that stops waiting. */
function stopped(): ConnectionError {
  return new ConnectionError("TIMEOUT", "AUTHENTICATE", "The call was stopped before the upstream's login had ended.");
}
