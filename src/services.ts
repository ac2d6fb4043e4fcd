import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import { type Access, createAccess } from "./access/access.ts";
import { requirePermission, type Viewer } from "./access/viewer.ts";
import { KeyAdministrationService } from "./administration/key-administration.service.ts";
import { SettingsService } from "./administration/settings.service.ts";
import { UsageService } from "./administration/usage.service.ts";
import { AuditChainService } from "./audit/audit-chain.service.ts";
import { AuditEventRepository } from "./audit/audit-event.repository.ts";
import { AuditEventService } from "./audit/audit-event.service.ts";
import { createAuditKeySource, findAuditKey, openAuditSecret, unsealAuditKey } from "./audit/audit-key.ts";
import { type ClosableAuditLog, createAuditLog } from "./audit/audit-log.ts";
import type { AuditSecret } from "./audit/audit-secret.ts";
import { createHeadsFile } from "./audit/heads-file.ts";
import { createLenientAuditLog } from "./audit/lenient-audit-log.ts";
import { createReadRecorder } from "./audit/read-recorder.ts";
import type { Config } from "./config.ts";
import type { ConnectorRegistry } from "./connectors/connector.ts";
import { createConnectorRegistry } from "./connectors/registry.ts";
import { createCredentialVersionSource } from "./credentials/credential-version.sealed-source.ts";
import { type Credentials, createCredentials } from "./credentials/credentials.ts";
import { applyEnvironmentDefaults } from "./credentials/system-defaults.ts";
import { createUpstreamUse, type UpstreamUse } from "./credentials/upstream-use.ts";
import { type Database, type DatabaseOptions, openDatabase } from "./database/database.ts";
import { createKeyCheckRepository } from "./database/key-check.repository.ts";
import { createLeases } from "./database/leases.ts";
import { createNotifications } from "./database/notifications.ts";
import { createRateLimiter, type RateLimiter } from "./database/rate-counters.ts";
import { createShredding } from "./database/shredding.ts";
import { inTurn } from "./database/store-failures.ts";
import { type Clock, makeId, systemClock } from "./identifiers.ts";
import { createBlindIndex } from "./keys/blind-index.ts";
import { createEnvelope, type Envelope, type RemoteKeys } from "./keys/envelope.ts";
import { type KeyCheckStore, startKeyRing, verifyHeldKeys } from "./keys/key-check.ts";
import type { KeyRing } from "./keys/key-ring.ts";
import type { SealedSource } from "./keys/sealed-source.ts";
import { createExposition, type Exposition } from "./observability/exposition.ts";
import { createMetrics, type Metrics } from "./observability/metrics.ts";
import type { Tracing } from "./observability/tracing.ts";
import { createUpstreamObserver } from "./observability/upstream-use.ts";
import { createProjects, type Projects } from "./projects/projects.ts";
import { createRemoteKeys } from "./remote-keys.ts";
import { createSync, type Sync } from "./sync/sync.ts";
import { createAccessTokenSource } from "./upstream/access-token.sealed-source.ts";
import { parseAllowList } from "./upstream/allow-list.ts";
import { createCircuitBreaker } from "./upstream/circuit-breaker.ts";
import { breakerLimits, httpLimits, streamLimits } from "./upstream/configured-limits.ts";
import { createHttpClient } from "./upstream/guarded-http-client.ts";
import { createStreamClient } from "./upstream/guarded-stream-client.ts";
import { fetchKeySet } from "./upstream/key-set.ts";

/** The store with its keys: what commands need as well as the gateway. */
export type Store = {
  readonly database: Database;
  readonly ring: KeyRing;
  /** Key-encryption keys that are held elsewhere, if any. */
  readonly remoteKeys: RemoteKeys | null;
  readonly checks: KeyCheckStore;
  readonly envelope: Envelope;
  readonly auditSecret: AuditSecret;
};

/** Everything that answers requests, wired; the one place where rooms meet. */
export type Services = Store & {
  readonly config: Config;
  readonly audit: ClosableAuditLog;
  readonly auditEvents: AuditEventService<Viewer>;
  readonly auditChains: AuditChainService<Viewer>;
  readonly access: Access;
  readonly limiter: RateLimiter;
  readonly connectors: ConnectorRegistry;
  readonly credentials: Credentials;
  readonly upstreamUse: UpstreamUse;
  readonly sync: Sync;
  readonly projects: Projects;
  readonly keyAdministration: KeyAdministrationService;
  readonly settings: SettingsService;
  readonly usage: UsageService;
  readonly metrics: Metrics;
  readonly exposition: Exposition;
  readonly tracing: Tracing | null;
  /** What a rotation of key-encryption keys has to re-wrap. */
  readonly sealedSources: readonly SealedSource[];
  /** Rejects when the key ring no longer fits the store. */
  checkKeyRing(): Promise<void>;
  /** Begins the work that nobody waits for, and makes what a first start needs; the new administrator's password, if any. */
  start(): Promise<{ readonly administratorPassword: string | null }>;
  /** Ends that work, with what is recorded on disk, and closes the store. */
  stop(): Promise<void>;
};

/** URLs that the operator set: allowed as they stand. */
function operatorUrls({ ODOO_URL, LOGIN_API_URL, LOGIN_API_BASE_URL }: Config): readonly string[] {
  return [ODOO_URL, LOGIN_API_URL, LOGIN_API_BASE_URL].filter((url) => url !== undefined);
}

/** How often what is past its time is forgotten, in milliseconds. */
const SWEEP_MS = 5_000;

export type StoreOptions = DatabaseOptions & { readonly clock?: Clock };

/** Opens the store, with its migrations applied and its key ring proven. @throws {MigrationError | KeyRingError} */
export async function openStore(config: Config, log: Logger, options: StoreOptions = {}): Promise<Store> {
  const { clock = systemClock } = options;
  const database = await openDatabase(config, options);
  try {
    const checks = createKeyCheckRepository(database, clock);
    const onReadFailure = (error: unknown) => log.error({ err: error }, "the key ring's file cannot be read");
    const remoteKeys = createRemoteKeys(config);
    const location = { file: config.keyRingFile, json: config.KEY_RING };
    const auditKey = await inTurn(() => findAuditKey(database));
    const prove = auditKey && ((held: KeyRing) => unsealAuditKey(createEnvelope(held, remoteKeys), auditKey));
    const ring = await inTurn(() => startKeyRing(location, checks, { onReadFailure, remote: remoteKeys, prove }));
    const envelope = createEnvelope(ring, remoteKeys);
    const auditSecret = await inTurn(() => openAuditSecret({ database, envelope, makeId, clock }));
    return { database, ring, remoteKeys, checks, envelope, auditSecret };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** All services over an open store; what they use upstream is traced where `tracing` is given. */
export function createServices(
  config: Config,
  store: Store,
  log: Logger,
  clock: Clock = systemClock,
  tracing: Tracing | null = null,
): Services {
  const { database, envelope } = store;
  const shared = { database, envelope, makeId, clock, config };
  const metrics = createMetrics();
  const sink = createHeadsFile(config.auditHeadsFile);
  const audit = createAuditLog({
    ...shared,
    secret: store.auditSecret,
    sink,
    onCommit: metrics.noteAuditCommit,
    headIntervalMs: config.AUDIT_HEAD_SECONDS * 1_000,
    onHeadFailure: (error) => log.error({ err: error }, "the signed heads of the audit chains could not be written"),
  });
  const signInAudit = createLenientAuditLog(audit, (error, { actor, action, outcome }) =>
    log.error(
      { err: error, event: { action, outcome, actorId: actor.id, ...actor.origin } },
      "an event could not be put on record",
    ),
  );
  const allowList = parseAllowList(config.UPSTREAM_ALLOW, operatorUrls(config), config.UPSTREAM_PUBLIC);
  const breaker = createCircuitBreaker(breakerLimits(config));
  const outbound = { allowList, breaker, pinnedAuthorities: config.UPSTREAM_CA };
  const http = createHttpClient({ ...outbound, limits: httpLimits(config) });
  const streams = createStreamClient({ ...outbound, limits: streamLimits(config) });
  const observe = createUpstreamObserver(metrics, tracing);
  const connectors = createConnectorRegistry({ http, config, observe });
  const limiter = createRateLimiter({ ...shared, digest: createBlindIndex(store.auditSecret.deriveKey("rate counters")) });
  const connectorIds = connectors.all.map((connector) => connector.id);
  const onUserDisabled = (id: string) => upstreamUse.broker.invalidateOwner(id);
  const shredding = createShredding(database);
  const access = createAccess({
    ...shared,
    audit,
    signInAudit,
    limiter,
    connectorIds,
    fetchKeySet,
    onUserDisabled,
    onSealedDeleted: shredding.note,
    onLogin: metrics.noteLogin,
  });
  const findUsers = access.users.findVisible.bind(access.users);
  const findUserIdByName = access.users.findIdByName.bind(access.users);
  const onChanged = async (id: string) => {
    shredding.note(); // a version may have been dropped
    await upstreamUse.onChanged(id);
  };
  const credentials = createCredentials({ ...shared, audit, limiter, connectors, findUsers, findUserIdByName, onChanged });
  const nodeId = randomUUID();
  const leases = createLeases({ database, holder: nodeId });
  const notifications = createNotifications({ database, url: config.DATABASE_DIRECT_URL ?? config.DATABASE_URL });
  const upstreamUse = createUpstreamUse({
    ...shared,
    audit,
    connectors,
    leases,
    notifications,
    nodeId,
    credentials: credentials.credentials,
    http: streams,
    watch: metrics,
    observe,
    onAuditFailure: (error) => log.error({ err: error }, "the end of a call could not be recorded"),
  });
  const sync = createSync({ ...shared, audit, connectors, leases, credentials: credentials.credentials, log });
  const onDefaultRefused = (connector: string, reason: string) =>
    log.warn({ connector }, `The environment's system default cannot be used: ${reason}`);
  const projects = createProjects({ ...shared, audit, connectors, credentials: credentials.credentials, log });
  const sealedSources = [
    createCredentialVersionSource(database),
    createAccessTokenSource(database),
    createAuditKeySource(database),
    ...access.sealedSources,
  ];
  const events = new AuditEventRepository(database);
  const recordRead = createReadRecorder(audit, clock);
  const keyAdministration = new KeyAdministrationService({ ...store, sources: sealedSources, leases, events, audit, log });
  metrics.watchQueue("password-hashes", access.hashesWaiting);
  metrics.watchQueue("audit-events", audit.waiting);
  metrics.watchQueue("sync-runs-queued", sync.countQueued);
  metrics.watchQueue("sync-runs-active", () => sync.runner.activeCount);
  metrics.watchQueue("store", () => database.load().waiting);
  metrics.watchStore(() => database.load().inUse);
  metrics.watchBreakers(breaker.openCount);
  let sweeping: NodeJS.Timeout | undefined;

  return {
    ...store,
    config,
    audit,
    auditEvents: new AuditEventService({ events, requirePermission, recordRead }),
    auditChains: new AuditChainService<Viewer>({
      database,
      secret: store.auditSecret,
      headsFile: config.auditHeadsFile,
      audit,
      recordRead,
      clock,
      requirePermission,
    }),
    access,
    limiter,
    connectors,
    credentials,
    upstreamUse,
    sync,
    projects,
    keyAdministration,
    settings: new SettingsService(config),
    usage: new UsageService(metrics.series),
    metrics,
    exposition: createExposition(metrics),
    tracing,
    sealedSources,
    checkKeyRing: () => verifyHeldKeys(store.ring, store.checks),
    start: async () => {
      // Said at the start, not when the first head is due.
      await sink.append([]);
      await inTurn(() => access.signingKeys.ensureSigningKey());
      await inTurn(() => applyEnvironmentDefaults({ ...credentials, onRefused: onDefaultRefused }, config));
      await inTurn(() => projects.applyFile());
      // Last of what can fail: the password that it makes is shown once.
      const administratorPassword = await inTurn(() => access.users.ensureFirstAdministrator(config.ADMIN_PASSWORD));
      sync.runner.start();
      const sweep = () =>
        Promise.all([access.sweep(), credentials.sweep(), limiter.sweep(), shredding.run()]).catch((error: unknown) =>
          log.error({ err: error }, "the sweep failed"),
        );
      sweeping = setInterval(() => void sweep(), SWEEP_MS).unref();
      return { administratorPassword };
    },
    stop: async () => {
      clearInterval(sweeping);
      await sync.runner.stop();
      await keyAdministration.stop();
      await projects.stop();
      await upstreamUse.broker.close();
      streams.close();
      await notifications.close();
      await access.stop();
      await credentials.uses.flush(true);
      upstreamUse.calls.close();
      await audit.close();
      await database.close();
    },
  };
}
