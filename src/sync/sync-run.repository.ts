import type { Database, Transaction } from "../database/database.ts";
import type { SyncResource, SyncStatus } from "../database/generated/sqlite/client.ts";
import type { SyncRunModel, SyncStateModel } from "../database/generated/sqlite/models.ts";

/** What a step of a run adds to its counters. */
export type RunProgress = {
  readonly processed?: number;
  readonly created?: number;
  readonly updated?: number;
  readonly deleted?: number;
};

export type RunEnd = {
  readonly status: "SUCCEEDED" | "FAILED" | "CANCELLED";
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
};

/** Which runs a list shows: those of one credential, or of all that an owner has. */
export type RunFilter = {
  readonly credentialId?: string;
  readonly ownerId?: string;
  readonly resource?: SyncResource;
};

const OPEN: SyncStatus[] = ["QUEUED", "RUNNING"];

function whereOf({ credentialId, ownerId, resource }: RunFilter) {
  return {
    ...(credentialId === undefined ? {} : { credentialId }),
    ...(ownerId === undefined ? {} : { credential: { ownerId } }),
    ...(resource === undefined ? {} : { resource }),
  };
}

/** What at most one open run may have; the unique column holds the second one off. */
export function activeKeyOf(run: Pick<SyncRunModel, "credentialId" | "resource">): string {
  return `${run.credentialId}:${run.resource}`;
}

/** Rows of sync runs, and of the state that each leaves to the next. An ended run is never changed. */
export class SyncRunRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(transaction: Transaction, run: SyncRunModel): Promise<void> {
    await transaction.syncRun.create({ data: run });
  }

  findById(id: string): Promise<SyncRunModel | null> {
    return this.#database.client.syncRun.findUnique({ where: { id } });
  }

  findOpen(activeKey: string): Promise<SyncRunModel | null> {
    return this.#database.client.syncRun.findUnique({ where: { activeKey } });
  }

  /** Newest first. */
  findPage(filter: RunFilter, take: number, beforeId: string | null): Promise<SyncRunModel[]> {
    return this.#database.client.syncRun.findMany({
      where: { ...whereOf(filter), ...(beforeId === null ? {} : { id: { lt: beforeId } }) },
      orderBy: { id: "desc" },
      take,
    });
  }

  count(filter: RunFilter): Promise<number> {
    return this.#database.client.syncRun.count({ where: whereOf(filter) });
  }

  countQueued(): Promise<number> {
    return this.#database.client.syncRun.count({ where: { status: "QUEUED" } });
  }

  /** Runs to look after, oldest first: all that run somewhere, since their process may be dead, and the next few in the queue. */
  async findClaimable(queued: number): Promise<readonly SyncRunModel[]> {
    const { syncRun } = this.#database.client;
    const running = await syncRun.findMany({ where: { status: "RUNNING" }, orderBy: { id: "asc" } });
    return [...running, ...(await syncRun.findMany({ where: { status: "QUEUED" }, orderBy: { id: "asc" }, take: queued }))];
  }

  /** The run, now running; null when it has ended meanwhile. */
  async begin(transaction: Transaction, run: SyncRunModel, now: Date): Promise<SyncRunModel | null> {
    const [begun] = await transaction.syncRun.updateManyAndReturn({
      where: { id: run.id, status: { in: OPEN } },
      data: { status: "RUNNING", startedAt: run.startedAt ?? now },
    });
    return begun ?? null;
  }

  /** The run with a step added to it; null when it is gone or has ended. */
  async advance(
    transaction: Transaction,
    id: string,
    { processed = 0, created = 0, updated = 0, deleted = 0 }: RunProgress,
    place: { readonly checkpoint?: string; readonly total?: number } = {},
  ): Promise<SyncRunModel | null> {
    const [run] = await transaction.syncRun.updateManyAndReturn({
      where: { id, status: "RUNNING" },
      data: {
        processed: { increment: processed },
        created: { increment: created },
        updated: { increment: updated },
        deleted: { increment: deleted },
        ...place,
      },
    });
    return run ?? null;
  }

  /** The ended run with its credential's owner; null when it is gone or had ended before. */
  async end(transaction: Transaction, id: string, end: RunEnd, now: Date) {
    const { count } = await transaction.syncRun.updateMany({
      where: { id, status: { in: OPEN } },
      data: { ...end, activeKey: null, checkpoint: null, finishedAt: now },
    });
    if (count === 0) return null;
    return transaction.syncRun.findUnique({ where: { id }, include: { credential: { select: { ownerId: true } } } });
  }

  /** Ends a queued run as cancelled, or asks the process that runs it to stop; false when the run has ended. */
  async cancel(transaction: Transaction, id: string, now: Date): Promise<boolean> {
    const queued = await transaction.syncRun.updateMany({
      where: { id, status: "QUEUED" },
      data: { status: "CANCELLED", activeKey: null, finishedAt: now },
    });
    const running = await transaction.syncRun.updateMany({
      where: { id, status: "RUNNING" },
      data: { isCancelRequested: true },
    });
    return queued.count + running.count > 0;
  }

  /** Makes a run that has not begun a full one. */
  async widen(id: string): Promise<void> {
    await this.#database.client.syncRun.updateMany({ where: { id: { equals: id }, status: "QUEUED" }, data: { isFull: true } });
  }

  findState(credentialId: string, resource: SyncResource): Promise<SyncStateModel | null> {
    return this.#database.client.syncState.findUnique({ where: { credentialId_resource: { credentialId, resource } } });
  }

  async saveState(transaction: Transaction, state: SyncStateModel): Promise<void> {
    const { credentialId, resource, ...rest } = state;
    await transaction.syncState.upsert({
      where: { credentialId_resource: { credentialId, resource } },
      create: state,
      update: rest,
    });
  }
}
