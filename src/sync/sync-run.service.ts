import type { Permission } from "../access/permission.ts";
import { requirePermission, type Viewer } from "../access/viewer.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { ConnectorRegistry } from "../connectors/connector.ts";
import type { CredentialAccess, CredentialRecord, CredentialSelector } from "../credentials/credential-access.ts";
import { type Database, isUniqueViolation } from "../database/database.ts";
import type { SyncResource } from "../database/generated/sqlite/client.ts";
import type { SyncRunModel } from "../database/generated/sqlite/models.ts";
import { type Page, type PageRequest, readPage } from "../database/page.ts";
import { badInput, notFound, type PersonError } from "../errors.ts";
import { type Clock, idPrefixOf, type MakeId } from "../identifiers.ts";
import { findMeantCredential, maySeeSynced } from "./sync-credentials.ts";
import { describeLess, describeRun, type SyncResult, withoutCredential, withoutRun } from "./sync-message.ts";
import type { SyncProgress } from "./sync-progress.ts";
import { activeKeyOf, type RunFilter, type SyncRunRepository } from "./sync-run.repository.ts";
import type { SyncRunner } from "./sync-runner.ts";

export type SyncRunServiceDependencies = {
  readonly database: Database;
  readonly credentials: Pick<CredentialAccess, "resolve" | "findVisible">;
  readonly connectors: ConnectorRegistry;
  readonly audit: AuditLog;
  readonly runs: SyncRunRepository;
  readonly runner: Pick<SyncRunner, "wake" | "interruptCancelled">;
  readonly progress: SyncProgress;
  readonly clock: Clock;
  readonly makeId: MakeId;
};

export type SyncRequest = {
  readonly resource: SyncResource;
  /** The caller's default Odoo credential when left out. */
  readonly credential?: CredentialSelector | null | undefined;
  readonly full?: boolean | null | undefined;
  readonly background?: boolean | null | undefined;
};

export type RunListRequest = PageRequest & {
  readonly credential?: CredentialSelector | null | undefined;
  readonly resource?: SyncResource | null | undefined;
};

export type CancelResult = {
  readonly run: SyncRunModel;
  readonly userErrors: readonly PersonError[];
};

const ALREADY_ENDED = { message: "This sync run has already ended.", field: "id", code: "CONFLICT" };

/** How often a watched run is read again when nobody in this process says that it changed, in milliseconds. */
const WATCH_MS = 1_000;

/** Tries to add a run or to join the one that is open, which may end in between each time. */
const JOIN_TRIES = 5;

function hasEnded({ status }: SyncRunModel): boolean {
  return status !== "QUEUED" && status !== "RUNNING";
}

/**
 * Sync runs as callers see them. Of a credential and resource at most one run is open; who asks for another joins it.
 * A run is visible to whoever may see its credential.
 */
export class SyncRunService {
  readonly #dependencies: SyncRunServiceDependencies;

  constructor(dependencies: SyncRunServiceDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Starts or joins a run and describes it: at its end, or at once in the background. When the signal ends the waiting
   * first, the run goes on and is described as running. A full one is never taken for done by a run that reads less.
   */
  async sync(viewer: Viewer, request: SyncRequest, signal: AbortSignal): Promise<SyncResult> {
    const credential = await findMeantCredential(this.#dependencies.credentials, viewer, request.credential, "sync:run");
    if (credential === null) return withoutCredential();
    const isFull = request.full === true;
    for (;;) {
      let run = await this.#start(viewer, credential, request.resource, isFull);
      const isLess = isFull && !run.isFull;
      if (request.background === true) return isLess ? describeLess(run) : describeRun(run);
      for await (const changed of this.#follow(run.id, signal)) run = changed;
      const isGone = !hasEnded(run) && !signal.aborted && (await this.#dependencies.runs.findById(run.id)) === null;
      if (isGone) return withoutRun(run.resource);
      // Another's run, which reads less than was asked for, is only waited for.
      if (!isLess || !hasEnded(run)) return describeRun(run);
    }
  }

  /** Ends a queued run; a running one ends within moments. One that had ended before stays as it is, and that is said. */
  async cancel(viewer: Viewer, id: string): Promise<CancelResult> {
    const run = await this.#requireVisible(viewer, id, "sync:run");
    const { database, runs, audit, clock, progress, runner } = this.#dependencies;
    const wasOpen = await database.transaction(async (transaction) => {
      if (!(await runs.cancel(transaction, id, clock.now()))) return false;
      await audit.append(transaction, { actor: viewer, action: "SYNC_CANCELLED", target: { type: "SyncRun", id } });
      return true;
    });
    if (!wasOpen) return { run, userErrors: [ALREADY_ENDED] };
    progress.publish(id);
    runner.interruptCancelled(id);
    return { run: (await runs.findById(id)) ?? run, userErrors: [] };
  }

  /** Null when there is no such run, or the viewer may not see what its credential brings. */
  findById(viewer: Viewer, id: string): Promise<SyncRunModel | null> {
    return this.#findVisible(viewer, id, "sync:read");
  }

  /** Newest first: of the credential that is named, or of all that are the viewer's own. */
  async findPage(viewer: Viewer, { credential, resource, ...request }: RunListRequest): Promise<Page<SyncRunModel>> {
    requirePermission(viewer, "sync:read");
    const { runs, credentials } = this.#dependencies;
    const named = credential == null ? null : await findMeantCredential(credentials, viewer, credential, "sync:read");
    const filter: RunFilter = {
      ...(named === null ? { ownerId: viewer.id ?? "" } : { credentialId: named.id }),
      ...(resource == null ? {} : { resource }),
    };
    return readPage(
      request,
      (take, beforeId) => runs.findPage(filter, take, beforeId),
      () => runs.count(filter),
    );
  }

  /**
   * The run now and after every change until it has ended; a change that follows quickly on another may be skipped.
   * @throws {GatewayError} NOT_FOUND before the first one
   */
  async watch(viewer: Viewer, id: string, signal?: AbortSignal): Promise<AsyncIterable<SyncRunModel>> {
    await this.#requireVisible(viewer, id, "sync:read");
    return this.#follow(id, signal);
  }

  /** Those of the credentials that the viewer may see, for the runs' field; none for who may only see runs. */
  async findCredentials(viewer: Viewer, ids: readonly string[]): Promise<readonly CredentialRecord[]> {
    return viewer.permissions.has("credential:read") ? this.#dependencies.credentials.findVisible(viewer, ids) : [];
  }

  async #findVisible(viewer: Viewer, id: string, permission: Permission): Promise<SyncRunModel | null> {
    requirePermission(viewer, permission);
    const { runs, credentials } = this.#dependencies;
    const run = idPrefixOf(id) === "run" ? await runs.findById(id) : null;
    return (await maySeeSynced(credentials, viewer, run?.credentialId ?? null, permission)) ? run : null;
  }

  async #requireVisible(viewer: Viewer, id: string, permission: Permission): Promise<SyncRunModel> {
    const run = await this.#findVisible(viewer, id, permission);
    if (run === null) throw notFound("sync run");
    return run;
  }

  async #start(viewer: Viewer, credential: CredentialRecord, resource: SyncResource, isFull: boolean): Promise<SyncRunModel> {
    this.#requireSyncable(credential, resource);
    const { runs, runner } = this.#dependencies;
    for (let tries = 0; tries < JOIN_TRIES; tries += 1) {
      const added = await this.#add(viewer, credential, resource, isFull);
      const run = added ?? (await runs.findOpen(activeKeyOf({ credentialId: credential.id, resource })));
      if (run === null) continue;
      const isToWiden = isFull && !run.isFull;
      if (isToWiden) await runs.widen(run.id);
      runner.wake();
      return isToWiden ? ((await runs.findById(run.id)) ?? run) : run;
    }
    throw new Error("Sync runs ended as often as they were to be joined.");
  }

  /** A new run in the queue, or null when one is open. */
  async #add(
    viewer: Viewer,
    credential: CredentialRecord,
    resource: SyncResource,
    isFull: boolean,
  ): Promise<SyncRunModel | null> {
    const { database, runs, audit } = this.#dependencies;
    const run = this.#newRun(credential.id, resource, isFull);
    try {
      await database.transaction(async (transaction) => {
        await runs.insert(transaction, run);
        await audit.append(transaction, {
          actor: viewer,
          action: "SYNC_STARTED",
          target: { type: "SyncRun", id: run.id },
          ownerId: credential.ownerId,
          details: { credentialId: credential.id, resource, isFull },
        });
      });
      return run;
    } catch (error) {
      if (isUniqueViolation(error)) return null;
      throw error;
    }
  }

  #newRun(credentialId: string, resource: SyncResource, isFull: boolean): SyncRunModel {
    const { clock, makeId } = this.#dependencies;
    const counters = { total: null, processed: 0, created: 0, updated: 0, deleted: 0 };
    const ends = { checkpoint: null, errorCode: null, errorMessage: null, startedAt: null, finishedAt: null };
    return {
      id: makeId("run"),
      credentialId,
      resource,
      status: "QUEUED",
      isFull,
      activeKey: activeKeyOf({ credentialId, resource }),
      isCancelRequested: false,
      createdAt: clock.now(),
      ...counters,
      ...ends,
    };
  }

  #requireSyncable({ connectorId }: CredentialRecord, resource: SyncResource): void {
    const connector = this.#dependencies.connectors.find(connectorId);
    if (connector?.capabilities.includes(`SYNC_${resource}`)) return;
    throw badInput("credential", `A credential of the connector ${connectorId} cannot sync ${resource.toLowerCase()}.`);
  }

  async *#follow(id: string, signal?: AbortSignal): AsyncGenerator<SyncRunModel> {
    const { runs, progress } = this.#dependencies;
    for (let shown = ""; signal?.aborted !== true; ) {
      // Armed before the row is read, or a change right after the reading would be told a second late.
      const changed = progress.next(id, WATCH_MS);
      const run = await runs.findById(id);
      if (run === null) return;
      const seen = JSON.stringify(run);
      if (seen !== shown) yield run;
      if (hasEnded(run)) return;
      shown = seen;
      await changed;
    }
  }
}
