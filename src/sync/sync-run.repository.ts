import type { Database, Transaction } from "../database/database.ts";
import { Prisma, type SyncResource } from "../database/generated/sqlite/client.ts";
import type { SyncRunModel, SyncStateModel } from "../database/generated/sqlite/models.ts";
import { type StatementTransaction, type Stored, toTime } from "../database/prepared-statements.ts";
import { timeText } from "../database/time-text.ts";

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

/** What is told of a run at its end. */
export type EndedRun = Pick<
  SyncRunModel,
  "id" | "credentialId" | "resource" | "status" | "created" | "updated" | "deleted" | "errorCode"
> & { readonly ownerId: string | null };

/** Which runs a list shows: those of one credential, or of all that an owner has. */
export type RunFilter = {
  readonly credentialId?: string;
  readonly ownerId?: string;
  readonly resource?: SyncResource;
};

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

/** A row as prepared statements give it: booleans are numbers on SQLite. */
type RunRow = Stored<Omit<SyncRunModel, "isFull" | "isCancelRequested">, "createdAt" | "startedAt" | "finishedAt"> & {
  readonly isFull: boolean | number;
  readonly isCancelRequested: boolean | number;
};
type OwnedRow = RunRow & { readonly ownerKey: string };

/** A run with whose it is: a user's id, or the system's. */
export type ClaimableRun = { readonly run: SyncRunModel; readonly ownerKey: string };

const FROM_OWNED = 'FROM "SyncRun" r JOIN "Credential" c ON c."id" = r."credentialId"';
const OWNED_RUNS = `SELECT r.*, c."ownerKey" ${FROM_OWNED}`;

type StateRow = Stored<SyncStateModel, "lastRunAt" | "lastFullAt">;

function toRun(row: RunRow): SyncRunModel {
  return {
    ...row,
    isFull: Boolean(row.isFull),
    isCancelRequested: Boolean(row.isCancelRequested),
    createdAt: new Date(row.createdAt),
    startedAt: toTime(row.startedAt),
    finishedAt: toTime(row.finishedAt),
  };
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

  /** By prepared statement: whoever watches a run reads it after each of its steps. */
  async findById(id: string): Promise<SyncRunModel | null> {
    const [row] = await this.#database.select<RunRow>('SELECT * FROM "SyncRun" WHERE "id" = $1', [id]);
    return row === undefined ? null : toRun(row);
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

  /** The next runs in the order of their making, after one or from the first. */
  findPlaces(afterId: string | null, take: number): Promise<Pick<SyncRunModel, "id" | "createdAt" | "finishedAt">[]> {
    return this.#database.client.syncRun.findMany({
      where: afterId === null ? {} : { id: { gt: afterId } },
      orderBy: { id: "asc" },
      take,
      select: { id: true, createdAt: true, finishedAt: true },
    });
  }

  /** Deletes those of the ended runs after which there is another of the same credential and resource. */
  async deleteOutlived(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#database.client.$executeRaw`
      DELETE FROM "SyncRun" WHERE "id" IN (${Prisma.join(ids)}) AND EXISTS (
        SELECT 1 FROM "SyncRun" AS later WHERE later."credentialId" = "SyncRun"."credentialId"
          AND later."resource" = "SyncRun"."resource" AND later."id" > "SyncRun"."id")`;
  }

  countQueued(): Promise<number> {
    return this.#database.client.syncRun.count({ where: { status: "QUEUED" } });
  }

  /**
   * Runs to look after, oldest first: all that run somewhere, since their process may be dead, and the next few in the queue,
   * of each owner so many at most that nobody's hide another's.
   */
  async findClaimable(queued: number, ofOwner: number): Promise<readonly ClaimableRun[]> {
    const { select } = this.#database;
    const running = await select<OwnedRow>(`${OWNED_RUNS} WHERE r."status" = 'RUNNING' ORDER BY r."id"`, []);
    const next = await select<OwnedRow & { readonly place: unknown }>(
      `SELECT * FROM (SELECT r.*, c."ownerKey", ROW_NUMBER() OVER (PARTITION BY c."ownerKey" ORDER BY r."id") AS "place"
        ${FROM_OWNED} WHERE r."status" = 'QUEUED') AS queued WHERE "place" <= $1 ORDER BY "id" LIMIT $2`,
      [ofOwner, queued],
    );
    return [...running, ...next.map(({ place: _, ...row }) => row)].map(({ ownerKey, ...row }) => ({
      ownerKey,
      run: toRun(row),
    }));
  }

  /** The run, now running; null when it has ended meanwhile. */
  async begin(transaction: StatementTransaction, id: string, now: Date): Promise<SyncRunModel | null> {
    const cast = this.#database.provider === "sqlite" ? "" : "::timestamp(3)";
    const [begun] = await transaction.run<RunRow>(
      `UPDATE "SyncRun" SET "status" = 'RUNNING', "startedAt" = COALESCE("startedAt", $1${cast})
        WHERE "id" = $2 AND "status" IN ('QUEUED', 'RUNNING') RETURNING *`,
      [timeText(now), id],
    );
    return begun === undefined ? null : toRun(begun);
  }

  /** The run with a step added to it; null when it is gone or has ended. */
  async advance(
    transaction: StatementTransaction,
    id: string,
    { processed = 0, created = 0, updated = 0, deleted = 0 }: RunProgress,
    { checkpoint = null, total = null }: { readonly checkpoint?: string | null; readonly total?: number | null } = {},
  ): Promise<SyncRunModel | null> {
    const [run] = await transaction.run<RunRow>(
      `UPDATE "SyncRun" SET "processed" = "processed" + $1, "created" = "created" + $2, "updated" = "updated" + $3,
          "deleted" = "deleted" + $4, "checkpoint" = COALESCE($5, "checkpoint"), "total" = COALESCE($6, "total")
        WHERE "id" = $7 AND "status" = 'RUNNING' RETURNING *`,
      [processed, created, updated, deleted, checkpoint, total, id],
    );
    return run === undefined ? null : toRun(run);
  }

  /**
   * The ended run with its credential's owner; null when it is gone or had ended before. One that was asked to stop before does
   * not succeed any more: who asked was told that it ends. Written out, as is the state after
   * it, because the query builder took longer over these two than a sync without changes over all the rest.
   */
  async end(transaction: Transaction, id: string, end: RunEnd, now: Date): Promise<EndedRun | null> {
    const [run] = await transaction.$queryRaw<EndedRun[]>`
      UPDATE "SyncRun" SET "status" = ${this.#endOf(end)}, "errorCode" = ${end.errorCode},
        "errorMessage" = ${end.errorMessage}, "activeKey" = NULL, "checkpoint" = NULL, "finishedAt" = ${this.#time(now)}
      WHERE "id" = ${id} AND "status" IN ('QUEUED', 'RUNNING')
      RETURNING "id", "credentialId", "resource", "status", "created", "updated", "deleted", "errorCode",
        (SELECT "ownerId" FROM "Credential" WHERE "Credential"."id" = "SyncRun"."credentialId") AS "ownerId"`;
    return run ?? null;
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

  async findState(credentialId: string, resource: SyncResource): Promise<SyncStateModel | null> {
    const [row] = await this.#database.select<StateRow>(
      'SELECT * FROM "SyncState" WHERE "credentialId" = $1 AND "resource" = $2',
      [credentialId, resource],
    );
    if (row === undefined) return null;
    const { lastRunAt, lastFullAt } = row;
    return {
      ...row,
      lastRunAt: toTime(lastRunAt),
      lastFullAt: toTime(lastFullAt),
    };
  }

  /** In the transaction that ends a run, beside its audit event. */
  async saveState(transaction: Transaction, state: SyncStateModel): Promise<void> {
    const { credentialId, resource, upstreamKey, cursor, lastRunAt, lastFullAt } = state;
    await transaction.$executeRaw`
      INSERT INTO "SyncState" ("credentialId", "resource", "upstreamKey", "cursor", "lastRunAt", "lastFullAt")
      VALUES (${credentialId}, ${this.#enumText(resource, "SyncResource")}, ${upstreamKey}, ${cursor}, ${this.#time(lastRunAt)},
        ${this.#time(lastFullAt)})
      ON CONFLICT ("credentialId", "resource") DO UPDATE SET "upstreamKey" = excluded."upstreamKey",
        "cursor" = excluded."cursor", "lastRunAt" = excluded."lastRunAt", "lastFullAt" = excluded."lastFullAt"`;
  }

  /** Says whose rows those to come are, before the first of them; nothing is known of them yet. */
  async beginState(transaction: StatementTransaction, run: Pick<SyncRunModel, "credentialId" | "resource">, upstreamKey: string) {
    await transaction.run(
      `INSERT INTO "SyncState" ("credentialId", "resource", "upstreamKey") VALUES ($1, $2, $3)
        ON CONFLICT ("credentialId", "resource") DO UPDATE SET "upstreamKey" = excluded."upstreamKey", "cursor" = NULL,
          "lastRunAt" = NULL, "lastFullAt" = NULL
        RETURNING 1 AS "begun"`,
      [run.credentialId, run.resource, upstreamKey],
    );
  }

  #endOf({ status }: RunEnd): Prisma.Sql {
    const end = this.#enumText(status, "SyncStatus");
    if (status !== "SUCCEEDED") return end;
    return Prisma.sql`CASE WHEN "isCancelRequested" THEN ${this.#enumText("CANCELLED", "SyncStatus")} ELSE ${end} END`;
  }

  #time(time: Date | null): Prisma.Sql {
    const text = time === null ? null : timeText(time);
    return this.#database.provider === "sqlite" ? Prisma.sql`${text}` : Prisma.sql`${text}::timestamp(3)`;
  }

  #enumText(value: string, type: "SyncStatus" | "SyncResource"): Prisma.Sql {
    return this.#database.provider === "sqlite" ? Prisma.sql`${value}` : Prisma.sql`${value}::${Prisma.raw(`"${type}"`)}`;
  }
}
