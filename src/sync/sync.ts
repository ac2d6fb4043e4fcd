import type { AuditLog } from "../audit/audit-log.ts";
import type { Config } from "../config.ts";
import type { ConnectorRegistry } from "../connectors/connector.ts";
import type { CredentialAccess } from "../credentials/credential-access.ts";
import type { Database } from "../database/database.ts";
import type { ContactModel, ProductModel } from "../database/generated/sqlite/models.ts";
import type { Leases } from "../database/leases.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import { createContactRepository } from "./contact.repository.ts";
import { createProductRepository } from "./product.repository.ts";
import type { SyncLog } from "./sync-execution.ts";
import { SyncProgress } from "./sync-progress.ts";
import { SyncRunRepository } from "./sync-run.repository.ts";
import { SyncRunService } from "./sync-run.service.ts";
import { createRunSweep } from "./sync-run-sweep.ts";
import { SYNC_TIMES, SyncRunner, type SyncTimes } from "./sync-runner.ts";
import { UpstreamRowService } from "./upstream-row.service.ts";

export type SyncDependencies = {
  readonly database: Database;
  readonly leases: Leases;
  readonly credentials: CredentialAccess;
  readonly connectors: ConnectorRegistry;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly makeId: MakeId;
  readonly log: SyncLog;
  readonly config: Pick<Config, "SYNC_MAX_ROWS" | "SYNC_RUN_DAYS">;
  readonly times?: SyncTimes;
};

/** The sync room, wired. Nothing is synced before `runner.start()`; `runner.stop()` comes before the store is closed. */
export type Sync = {
  readonly runs: SyncRunService;
  readonly contacts: UpstreamRowService<ContactModel>;
  readonly products: UpstreamRowService<ProductModel>;
  readonly runner: SyncRunner;
  /** How many runs wait on all nodes. */
  countQueued(): Promise<number>;
  /** Forgets runs that are too old, a bounded number of rows at a call. */
  sweep(): Promise<void>;
};

/** Wires the sync room. */
export function createSync({ times = SYNC_TIMES, config, ...dependencies }: SyncDependencies): Sync {
  const { database, credentials } = dependencies;
  const runs = new SyncRunRepository(database);
  const contacts = createContactRepository(database);
  const products = createProductRepository(database);
  const progress = new SyncProgress();
  const onStep = (runId: string) => progress.publish(runId);
  const runner = new SyncRunner({ ...dependencies, runs, contacts, products, onStep, times, mostRows: config.SYNC_MAX_ROWS });
  return {
    runs: new SyncRunService({ ...dependencies, runs, runner, progress }),
    contacts: new UpstreamRowService({ credentials, rows: contacts, idPrefix: "contact" }),
    products: new UpstreamRowService({ credentials, rows: products, idPrefix: "product" }),
    runner,
    countQueued: () => runs.countQueued(),
    sweep: createRunSweep({ ...dependencies, runs, config }),
  };
}
