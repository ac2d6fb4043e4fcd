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
import { createAuditKeySource } from "./audit/audit-key.ts";
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
import type { Database } from "./database/database.ts";
import { createLeases } from "./database/leases.ts";
import { createNotifications } from "./database/notifications.ts";
import { createRateLimiter, type RateLimiter } from "./database/rate-counters.ts";
import { createShredding } from "./database/shredding.ts";
import { inTurn } from "./database/store-failures.ts";
import { type Clock, type MakeId, makeId, systemClock } from "./identifiers.ts";
import { createBlindIndex } from "./keys/blind-index.ts";
import type { Envelope } from "./keys/envelope.ts";
import { verifyHeldKeys } from "./keys/key-check.ts";
import type { SealedSource } from "./keys/sealed-source.ts";
import { createExposition, type Exposition } from "./observability/exposition.ts";
import { createMetrics, type Metrics } from "./observability/metrics.ts";
import type { Tracing } from "./observability/tracing.ts";
import { createUpstreamObserver } from "./observability/upstream-use.ts";
import { createOutbound, type Outbound } from "./outbound.ts";
import { createProjects, type Projects } from "./projects/projects.ts";
import type { Store } from "./store.ts";
import { createSync, type Sync } from "./sync/sync.ts";
import { createAccessTokenSource } from "./upstream/access-token.sealed-source.ts";
import { fetchKeySet } from "./upstream/key-set.ts";

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

/** How often what is past its time is forgotten, in milliseconds. */
const SWEEP_MS = 5_000;

/** What every room of one process is made with. */
type Shared = {
  readonly database: Database;
  readonly envelope: Envelope;
  readonly makeId: MakeId;
  readonly clock: Clock;
  readonly config: Config;
  readonly log: Logger;
};

/** The audit log, one for what must go on without it, and where its signed heads go. */
function createAuditing(shared: Shared, secret: AuditSecret, metrics: Metrics) {
  const { config, log } = shared;
  const sink = createHeadsFile(config.auditHeadsFile);
  const audit = createAuditLog({
    ...shared,
    secret,
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
  return { sink, audit, signInAudit };
}

/** The rooms that answer people and machines; each is told what it needs of the others. */
function createRooms(
  shared: Shared,
  store: Store,
  { audit, signInAudit }: ReturnType<typeof createAuditing>,
  { http, streams }: Outbound,
  { metrics, tracing }: { readonly metrics: Metrics; readonly tracing: Tracing | null },
) {
  const { database, config, log } = shared;
  const observe = createUpstreamObserver(metrics, tracing);
  const connectors = createConnectorRegistry({ http, config, observe });
  const limiter = createRateLimiter({ ...shared, digest: createBlindIndex(store.auditSecret.deriveKey("rate counters")) });
  const shredding = createShredding(database);
  const access = createAccess({
    ...shared,
    audit,
    signInAudit,
    limiter,
    connectorIds: connectors.all.map((connector) => connector.id),
    fetchKeySet,
    onUserDisabled: (id) => upstreamUse.broker.invalidateOwner(id),
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
  const common = { ...shared, audit, connectors, credentials: credentials.credentials };
  const sync = createSync({ ...common, leases });
  const projects = createProjects(common);
  return { connectors, limiter, shredding, access, credentials, leases, notifications, upstreamUse, sync, projects };
}

type Rooms = ReturnType<typeof createRooms>;

/** What administrators look at and set off: the trail, its chains, the keys, settings and figures. */
function createAdministration(
  { database, clock, config, log }: Shared,
  store: Store,
  audit: ClosableAuditLog,
  metrics: Metrics,
  { access, leases }: Rooms,
) {
  const events = new AuditEventRepository(database);
  const recordRead = createReadRecorder(audit, clock);
  const sealedSources = [
    createCredentialVersionSource(database),
    createAccessTokenSource(database),
    createAuditKeySource(database),
    ...access.sealedSources,
  ];
  return {
    sealedSources,
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
    keyAdministration: new KeyAdministrationService({ ...store, sources: sealedSources, leases, events, audit, log }),
    settings: new SettingsService(config),
    usage: new UsageService(metrics.series),
  };
}

/** What waits and what is under way, for the metrics. */
function watchLoad(
  metrics: Metrics,
  database: Database,
  audit: ClosableAuditLog,
  { access, sync }: Rooms,
  { breaker }: Outbound,
) {
  metrics.watchQueue("password-hashes", access.hashesWaiting);
  metrics.watchQueue("audit-events", audit.waiting);
  metrics.watchQueue("sync-runs-queued", sync.countQueued);
  metrics.watchQueue("sync-runs-active", () => sync.runner.activeCount);
  metrics.watchQueue("store", () => database.load().waiting);
  metrics.watchStore(() => database.load().inUse);
  metrics.watchBreakers(breaker.openCount);
}

/** Makes what a first start needs. @returns the new administrator's password, shown once, so last of what can fail */
async function prepareStore({ access, credentials, projects }: Rooms, { config, log }: Shared): Promise<string | null> {
  const onRefused = (connector: string, reason: string) =>
    log.warn({ connector }, `The environment's system default cannot be used: ${reason}`);
  await inTurn(() => access.signingKeys.ensureSigningKey());
  await inTurn(() => applyEnvironmentDefaults({ ...credentials, onRefused }, config));
  await inTurn(() => projects.applyFile());
  return inTurn(() => access.users.ensureFirstAdministrator(config.ADMIN_PASSWORD));
}

/** Forgets what is past its time, every few seconds. @returns what ends that */
function startSweeping({ access, credentials, limiter, shredding, sync }: Rooms, log: Logger): () => void {
  const sweep = () =>
    Promise.all([access.sweep(), credentials.sweep(), sync.sweep(), limiter.sweep(), shredding.run()]).catch((error: unknown) =>
      log.error({ err: error }, "the sweep failed"),
    );
  const timer = setInterval(() => void sweep(), SWEEP_MS).unref();
  return () => clearInterval(timer);
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
  const shared: Shared = { database, envelope, makeId, clock, config, log };
  const metrics = createMetrics();
  const auditing = createAuditing(shared, store.auditSecret, metrics);
  const outbound = createOutbound(config);
  const rooms = createRooms(shared, store, auditing, outbound, { metrics, tracing });
  const { audit, sink } = auditing;
  const { connectors, limiter, access, credentials, upstreamUse, sync, projects } = rooms;
  const administration = createAdministration(shared, store, audit, metrics, rooms);
  watchLoad(metrics, database, audit, rooms, outbound);
  let endSweeping = () => {};

  return {
    ...store,
    ...administration,
    ...{ config, audit, access, limiter, connectors, credentials, upstreamUse, sync, projects, metrics, tracing },
    exposition: createExposition(metrics),
    checkKeyRing: () => verifyHeldKeys(store.ring, store.checks),
    start: async () => {
      // Said at the start, not when the first head is due.
      await sink.append([]);
      const administratorPassword = await prepareStore(rooms, shared);
      sync.runner.start();
      endSweeping = startSweeping(rooms, log);
      return { administratorPassword };
    },
    stop: async () => {
      endSweeping();
      await sync.runner.stop();
      await administration.keyAdministration.stop();
      await projects.stop();
      await upstreamUse.broker.close();
      outbound.streams.close();
      await rooms.notifications.close();
      await access.stop();
      await credentials.uses.flush(true);
      upstreamUse.calls.close();
      await audit.close();
      await database.close();
    },
  };
}
