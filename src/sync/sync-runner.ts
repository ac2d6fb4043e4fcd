import type { SyncRunModel } from "../database/generated/sqlite/models.ts";
import { type Lease, LeaseLostError } from "../database/leases.ts";
import type { RetryPolicy } from "../upstream/retry.ts";
import { READ_RETRIES } from "./retry.ts";
import { RunInterruption } from "./run-failure.ts";
import { type ExecutionDependencies, SyncExecution } from "./sync-execution.ts";
import { activeKeyOf } from "./sync-run.repository.ts";

/** How long leases last, and how often runs and the queue are looked after. */
export type SyncTimes = {
  /** How long a killed process keeps others from its runs, in milliseconds. */
  readonly leaseMs: number;
  /** How often a run renews its lease and looks whether it is cancelled: several times a lease. */
  readonly renewMs: number;
  /** How often the queue is looked at for runs that another process queued or left behind. */
  readonly pollMs: number;
  readonly retries: RetryPolicy;
};

/** What counts where no other times are given. */
export const SYNC_TIMES: SyncTimes = { leaseMs: 10_000, renewMs: 2_000, pollMs: 2_000, retries: READ_RETRIES };

/** Runs of one owner at a time in this process; an Odoo with its default workers serves no more than two to four calls at once. */
const MAX_ACTIVE_OF_OWNER = 2;
/** The same of all owners: an upstream that hangs, or never comes to an end, keeps nobody waiting but whose it is. */
const MAX_ACTIVE = 8;
/** Runs of the queue that are looked at, in all and of one owner: enough that owners who have to wait hide none who has not. */
const LOOKED_AT = { queued: 32, ofOwner: 4 } as const;

export type SyncRunnerDependencies = Omit<ExecutionDependencies, "retries"> & { readonly times: SyncTimes };

type ActiveRun = { readonly ownerKey: string; readonly abort: AbortController; readonly done: Promise<void> };

/**
 * Works off the queue of sync runs. A run belongs to whoever holds its lease; one whose process died is taken over when
 * the lease has run out, by any process on the store.
 */
export class SyncRunner {
  readonly #dependencies: SyncRunnerDependencies;
  readonly #execution: SyncExecution;
  readonly #active = new Map<string, ActiveRun>();
  #timer: NodeJS.Timeout | undefined;
  #claiming: Promise<void> | null = null;
  #isWoken = false;
  #isStopped = true;

  constructor(dependencies: SyncRunnerDependencies) {
    this.#dependencies = dependencies;
    this.#execution = new SyncExecution({ ...dependencies, retries: dependencies.times.retries });
  }

  /** Begins to work, with what an earlier process left behind. */
  start(): void {
    this.#isStopped = false;
    this.#timer = setInterval(() => this.wake(), this.#dependencies.times.pollMs).unref();
    this.wake();
  }

  /** Stops the runs where they stand, for the next process to go on with; resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#claiming;
    for (const { abort } of this.#active.values()) abort.abort(new RunInterruption("STOPPING"));
    await Promise.all([...this.#active.values()].map(({ done }) => done));
  }

  /** How many runs this process works on. */
  get activeCount(): number {
    return this.#active.size;
  }

  /** Looks at the queue now rather than at the next turn. */
  wake(): void {
    this.#isWoken = true;
    this.#claiming ??= this.#claimWhileWoken()
      .catch((error: unknown) => this.#dependencies.log.error({ err: error }, "The queue of sync runs cannot be read."))
      .finally(() => {
        this.#claiming = null;
        if (this.#isWoken && !this.#isStopped) this.wake();
      });
  }

  /** Stops a cancelled run at once if it runs here; elsewhere its process finds out when it renews its lease. */
  interruptCancelled(runId: string): void {
    this.#active.get(runId)?.abort.abort(new RunInterruption("CANCELLED"));
  }

  async #claimWhileWoken(): Promise<void> {
    while (this.#isWoken && !this.#isStopped) {
      this.#isWoken = false;
      if (this.#active.size < MAX_ACTIVE) await this.#claim();
    }
  }

  async #claim(): Promise<void> {
    const { runs, leases, times } = this.#dependencies;
    for (const { run, ownerKey } of await runs.findClaimable(LOOKED_AT.queued, LOOKED_AT.ofOwner)) {
      if (this.#isStopped || this.#active.size >= MAX_ACTIVE) return;
      if (this.#active.has(run.id) || this.#activeCountOf(ownerKey) >= MAX_ACTIVE_OF_OWNER) continue;
      const lease = await leases.acquire(`sync:${activeKeyOf(run)}`, times.leaseMs);
      if (lease !== null) this.#activate(run, ownerKey, lease);
    }
  }

  #activeCountOf(ownerKey: string): number {
    return [...this.#active.values()].filter((active) => active.ownerKey === ownerKey).length;
  }

  #activate(run: SyncRunModel, ownerKey: string, lease: Lease): void {
    const abort = new AbortController();
    const done = this.#hold(run, lease, abort).finally(() => {
      this.#active.delete(run.id);
      this.#dependencies.onStep(run.id);
      this.wake();
    });
    this.#active.set(run.id, { ownerKey, abort, done });
  }

  /** Works on a run while its lease is renewed; whatever happens, gives the lease back. Never rejects. */
  async #hold(run: SyncRunModel, lease: Lease, abort: AbortController): Promise<void> {
    const { leases, log } = this.#dependencies;
    const stopKeeping = this.#keepLease(run, lease, abort);
    try {
      await this.#execution.execute(run, lease, abort.signal);
    } catch (error) {
      const isExpected = error instanceof RunInterruption || error instanceof LeaseLostError;
      if (!isExpected) log.error({ err: error, runId: run.id }, "A sync run was left for later.");
    }
    stopKeeping();
    // What was read ahead of a run that has ended is wanted by nobody.
    abort.abort(new RunInterruption("STOPPING"));
    await leases.release(lease).catch((error: unknown) => log.error({ err: error }, "A lease stays until it runs out."));
  }

  /** Renews the lease also while an upstream call lasts, and aborts the run when it is lost, gone or cancelled. */
  #keepLease(run: SyncRunModel, lease: Lease, abort: AbortController): () => void {
    const { leases, runs, times, log } = this.#dependencies;
    let timer: NodeJS.Timeout | undefined;
    let isStopped = false;
    const keep = async () => {
      if (!(await leases.renew(lease, times.leaseMs))) return abort.abort(new RunInterruption("LEASE_LOST"));
      const current = await runs.findById(run.id);
      if (current === null) abort.abort(new RunInterruption("GONE"));
      else if (current.isCancelRequested) abort.abort(new RunInterruption("CANCELLED"));
    };
    const schedule = () => {
      if (isStopped) return;
      timer = setTimeout(() => {
        // A store that is away is not yet a lost lease: the run's next write decides.
        keep()
          .catch((error: unknown) => log.error({ err: error, runId: run.id }, "A lease could not be renewed."))
          .finally(schedule);
      }, times.renewMs).unref();
    };
    schedule();
    return () => {
      isStopped = true;
      clearTimeout(timer);
    };
  }
}
