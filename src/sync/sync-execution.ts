import { systemViewer } from "../access/viewer.ts";
import type { AuditEntry } from "../audit/audit-event.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { FieldValues, OpenReader } from "../connectors/connector.ts";
import type { CredentialAccess, OpenedCredential } from "../credentials/credential-access.ts";
import type { SyncRunModel, SyncStateModel } from "../database/generated/sqlite/models.ts";
import type { Lease } from "../database/leases.ts";
import { badInput } from "../errors.ts";
import type { ContactRepository } from "./contact.repository.ts";
import type { ProductRepository } from "./product.repository.ts";
import { retryRead } from "./retry.ts";
import { CANCELLED, outcomeOf, type RunOutcome, succeeded } from "./run-outcome.ts";
import { type PullDependencies, type PullJob, SyncPull } from "./sync-pull.ts";
import type { EndedRun } from "./sync-run.repository.ts";
import type { StoredRow, UpstreamRow, UpstreamRowRepository } from "./upstream-row.repository.ts";

/** Where it is said what went wrong inside; pino's loggers are one. */
export type SyncLog = { error(details: object, message: string): void };

export type ExecutionDependencies = PullDependencies & {
  readonly credentials: Pick<CredentialAccess, "openForUse" | "noteOutcome">;
  readonly audit: AuditLog;
  readonly contacts: ContactRepository;
  readonly products: ProductRepository;
  readonly log: SyncLog;
};

type Claim = Pick<PullJob<UpstreamRow>, "run" | "lease" | "signal">;
/** How a run ended, and which version of its credential it ran with; null when none was opened. */
type Attempt = { readonly outcome: RunOutcome; readonly version: number | null };
const NOT_TRIED: Attempt = { outcome: CANCELLED, version: null };

/**
 * Works on one run under its lease, from its begin or its checkpoint to its end. The run, the state for the next one and
 * the audit event of its end are one transaction.
 */
export class SyncExecution {
  readonly #dependencies: ExecutionDependencies;

  constructor(dependencies: ExecutionDependencies) {
    this.#dependencies = dependencies;
  }

  /** @throws what keeps the run from ending now: it goes on at its checkpoint, here or elsewhere. */
  async execute(queued: SyncRunModel, lease: Lease, signal: AbortSignal): Promise<void> {
    const { database, leases, runs, clock, onStep } = this.#dependencies;
    const run = await database.transact(async (transaction) => {
      await leases.assertHeldIn(transaction, lease);
      return runs.begin(transaction, queued.id, clock.now());
    });
    if (run === null) return;
    onStep(run.id);
    const attempt = run.isCancelRequested ? NOT_TRIED : await this.#attempt({ run, lease, signal });
    if (await this.#end(run, lease, attempt.outcome)) await this.#tell(run, attempt);
    onStep(run.id);
  }

  async #attempt(claim: Claim): Promise<Attempt> {
    let version: number | null = null;
    try {
      const opened = await this.#dependencies.credentials.openForUse(claim.run.credentialId);
      version = opened.version;
      return { outcome: succeeded(await this.#pull(claim, opened)), version };
    } catch (error) {
      // An aborted call fails in its own words; why it was aborted is what counts.
      return { outcome: outcomeOf(claim.signal.aborted ? claim.signal.reason : error), version };
    }
  }

  #pull(claim: Claim, { connector, values }: OpenedCredential): Promise<SyncStateModel> {
    const { contacts, products } = this.#dependencies;
    return claim.run.resource === "CONTACTS"
      ? this.#pullRows(claim, values, connector.pull?.contacts, contacts)
      : this.#pullRows(claim, values, connector.pull?.products, products);
  }

  async #pullRows<Row extends UpstreamRow>(
    claim: Claim,
    values: FieldValues,
    open: OpenReader<FieldValues, Row> | undefined,
    rows: UpstreamRowRepository<Row, StoredRow>,
  ): Promise<SyncStateModel> {
    if (open === undefined) throw badInput("credential", "The upstream of this credential cannot be synced.");
    const { signal } = claim;
    const reader = await retryRead(() => open(values, { signal }), this.#dependencies.retries, signal);
    return new SyncPull(this.#dependencies, { ...claim, reader, rows }).pull();
  }

  /** False when the run is gone or somebody else has ended it. */
  async #end(run: SyncRunModel, lease: Lease, { end, state }: RunOutcome): Promise<boolean> {
    const { database, leases, runs, clock, audit } = this.#dependencies;
    return database.transaction(async (transaction) => {
      await leases.assertHeld(transaction, lease);
      const ended = await runs.end(transaction, run.id, end, clock.now());
      if (ended === null) return false;
      if (state !== null && ended.status === end.status) await runs.saveState(transaction, state);
      await audit.append(transaction, endedEntry(ended));
      return true;
    });
  }

  /** What others want to know of the end; none of it can undo it. */
  async #tell({ id, credentialId }: SyncRunModel, { outcome, version }: Attempt): Promise<void> {
    const { credentials, log } = this.#dependencies;
    const { upstreamFailure, cause } = outcome;
    if (cause !== undefined) log.error({ err: cause, runId: id }, "A sync run failed inside.");
    if (upstreamFailure === undefined || version === null) return;
    await credentials.noteOutcome({ id: credentialId, version }, upstreamFailure).catch((error: unknown) => {
      log.error({ err: error, runId: id }, "The credential's status could not be noted.");
    });
  }
}

function endedEntry(run: EndedRun): AuditEntry {
  const { id, ownerId, resource, status, created, updated, deleted, errorCode } = run;
  return {
    actor: systemViewer(id),
    action: "SYNC_ENDED",
    outcome: status === "FAILED" ? "FAILED" : "SUCCEEDED",
    target: { type: "SyncRun", id },
    ownerId,
    details: { credentialId: run.credentialId, resource, status, created, updated, deleted, errorCode },
  };
}
