import type { PullReader } from "../connectors/connector.ts";
import type { Database } from "../database/database.ts";
import type { SyncRunModel, SyncStateModel } from "../database/generated/sqlite/models.ts";
import type { Lease, Leases } from "../database/leases.ts";
import type { StatementTransaction } from "../database/prepared-statements.ts";
import type { Clock } from "../identifiers.ts";
import { ConnectionError } from "../upstream/connection-error.ts";
import type { RetryPolicy } from "../upstream/retry.ts";
import { retryRead } from "./retry.ts";
import { MAX_UPSTREAM_ID } from "./row-order.ts";
import { MassDisappearanceError, RunInterruption, TooManyRowsError } from "./run-failure.ts";
import { type Checkpoint, isMassDisappearance, nextCursor, parseCheckpoint, planRun } from "./sync-plan.ts";
import type { RunProgress, SyncRunRepository } from "./sync-run.repository.ts";
import type { StoredRow, UpstreamRow, UpstreamRowRepository } from "./upstream-row.repository.ts";

/** Rows read and stored at a time: above this Odoo wins nothing, and a page stays far below a megabyte. */
const PAGE_SIZE = 1_000;
const ID_PAGE_SIZE = 10_000;

export type PullDependencies = {
  readonly database: Database;
  readonly leases: Leases;
  readonly runs: SyncRunRepository;
  readonly clock: Clock;
  readonly retries: RetryPolicy;
  /** Rows that are kept of one credential and resource. */
  readonly mostRows: number;
  /** Called after each step is stored. */
  readonly onStep: (runId: string) => void;
};

export type PullJob<Row extends UpstreamRow> = {
  readonly run: SyncRunModel;
  readonly lease: Lease;
  readonly reader: PullReader<Row>;
  readonly rows: UpstreamRowRepository<Row, StoredRow>;
  readonly signal: AbortSignal;
};

/**
 * Brings one run's rows from its upstream: pages by id, then what is gone. Every step and its checkpoint are stored in
 * one transaction under the lease, so a killed run goes on exactly where it stood and counts nothing twice.
 */
export class SyncPull<Row extends UpstreamRow> {
  readonly #dependencies: PullDependencies;
  readonly #job: PullJob<Row>;
  /** Rows that are stored; null as long as none was added, since counting them takes as long as there are many. */
  #stored: number | null = null;

  constructor(dependencies: PullDependencies, job: PullJob<Row>) {
    this.#dependencies = dependencies;
    this.#job = job;
  }

  /**
   * Gives the state for the next run, to be saved in the transaction that ends this one.
   * @throws {ConnectionError} {MassDisappearanceError} {TooManyRowsError} {LeaseLostError} {RunInterruption}
   */
  async pull(): Promise<SyncStateModel> {
    const { run, reader } = this.#job;
    const stored = parseCheckpoint(run.checkpoint);
    const begun = stored?.upstreamKey === reader.upstreamKey ? this.#resume(stored) : await this.#begin();
    const checkpoint = await this.#pullPages(begun);
    await this.#comparePresence(checkpoint, begun.visible);
    return this.#stateAfter(checkpoint);
  }

  #resume(checkpoint: Checkpoint): Begun<Row> {
    return { checkpoint, total: null, firstPage: this.#readAhead(checkpoint), visible: this.#countVisible(checkpoint) };
  }

  /** Asks for all that a run needs in any case at once: of an upstream that has little to tell, the way there is what takes time. */
  async #begin(): Promise<Begun<Row>> {
    const { run, reader } = this.#job;
    const { runs, clock } = this.#dependencies;
    const state = await runs.findState(run.credentialId, run.resource);
    if (state?.upstreamKey !== reader.upstreamKey) await this.#replaceUpstream();
    const checkpoint = planRun(run.isFull, state, reader.upstreamKey, clock.now());
    const firstPage = this.#readAhead(checkpoint);
    const visible = this.#countVisible(checkpoint);
    const total = await this.#read(() => reader.count(checkpoint.changedSince));
    await this.#store(nothing, { checkpoint, total });
    return { checkpoint, total, firstPage, visible };
  }

  /** How many rows the upstream shows in all; null for a full run, which compares ids in any case. */
  #countVisible({ isFull }: Checkpoint): Promise<number | null> {
    return ahead(isFull ? Promise.resolve(null) : this.#read(() => this.#job.reader.count(null)));
  }

  /** Rows of two upstream databases must not mix: what is stored of the old one goes before the first row of the new one. */
  async #replaceUpstream(): Promise<void> {
    const { run, reader, rows } = this.#job;
    for await (const ids of rows.storedIds(run.credentialId, 0, MAX_UPSTREAM_ID)) await this.#delete(ids);
    await this.#store(async (transaction) => {
      await this.#dependencies.runs.beginState(transaction, run, reader.upstreamKey);
      return {};
    });
  }

  /** While a page is stored the next one is read, so that a run takes as long as the slower of the two and holds two pages. */
  async #pullPages({ checkpoint: begun, total, firstPage }: Begun<Row>): Promise<Checkpoint> {
    let checkpoint = begun;
    let next = firstPage;
    for (let read = 0; ; ) {
      const page = await next;
      const last = page.at(-1);
      if (last === undefined) return checkpoint;
      read += page.length;
      checkpoint = { ...checkpoint, afterId: last.upstreamId, newestMs: newestOf(page, checkpoint.newestMs) };
      // Not at any short page: an upstream may give less than asked for.
      const isLast = page.length < PAGE_SIZE && total !== null && read >= total;
      next = isLast ? NO_PAGE : this.#readAhead(checkpoint);
      await this.#storePage(page, page.length, { checkpoint });
    }
  }

  #readAhead({ changedSince, afterId }: Checkpoint): Promise<readonly Row[]> {
    return ahead(this.#readPage(changedSince, afterId));
  }

  /** Deletes what the upstream no longer shows, and fetches what it shows although no change of time stamp told so. */
  async #comparePresence({ isFull }: Checkpoint, visible: Promise<number | null>): Promise<void> {
    const { run, rows } = this.#job;
    const stored = await rows.count(run.credentialId);
    if (!isFull && (await visible) === stored) return;
    const { vanished, missing } = await this.#compareIds();
    if (!run.isFull && isMassDisappearance(vanished.length, stored)) throw new MassDisappearanceError(vanished.length, stored);
    for (let from = 0; from < vanished.length; from += ID_PAGE_SIZE)
      await this.#delete(vanished.slice(from, from + ID_PAGE_SIZE));
    await this.#pullMissing(missing);
  }

  async #compareIds(): Promise<{ readonly vanished: readonly number[]; readonly missing: readonly number[] }> {
    const { run, reader, rows } = this.#job;
    const vanished: number[] = [];
    const missing: number[] = [];
    let shown = 0;
    for (let afterId = 0; ; ) {
      const ids = await this.#read(() => reader.ids(afterId, ID_PAGE_SIZE));
      requireAscending(ids, afterId);
      shown += ids.length;
      // Before they are stored: an upstream that goes on for ever would fill the memory with ids.
      this.#requireRoom(shown);
      const unmatched = new Set(ids);
      for await (const stored of rows.storedIds(run.credentialId, afterId, ids.at(-1) ?? MAX_UPSTREAM_ID)) {
        for (const id of stored) if (!unmatched.delete(id)) vanished.push(id);
      }
      missing.push(...unmatched);
      const last = ids.at(-1);
      if (last === undefined) return { vanished, missing };
      afterId = last;
    }
  }

  async #pullMissing(missing: readonly number[]): Promise<void> {
    let throughId = 0;
    for (const id of missing) {
      if (id <= throughId) continue;
      const page = await this.#readPage(null, id - 1);
      await this.#storePage(page, 0);
      throughId = page.at(-1)?.upstreamId ?? MAX_UPSTREAM_ID;
    }
  }

  async #stateAfter(checkpoint: Checkpoint): Promise<SyncStateModel> {
    const { credentialId, resource } = this.#job.run;
    const { runs, clock } = this.#dependencies;
    const state = await runs.findState(credentialId, resource);
    const now = clock.now();
    return {
      credentialId,
      resource,
      upstreamKey: checkpoint.upstreamKey,
      cursor: nextCursor(state?.cursor ?? null, checkpoint, now),
      lastRunAt: now,
      lastFullAt: checkpoint.isFull ? new Date(checkpoint.beganMs) : (state?.lastFullAt ?? null),
    };
  }

  async #readPage(changedSince: string | null, afterId: number): Promise<readonly Row[]> {
    const page = await this.#read(() => this.#job.reader.page({ changedSince, afterId, limit: PAGE_SIZE }));
    requireAscending(
      page.map(({ upstreamId }) => upstreamId),
      afterId,
    );
    return page;
  }

  #read<Result>(read: () => Promise<Result>): Promise<Result> {
    return retryRead(read, this.#dependencies.retries, this.#job.signal);
  }

  async #storePage(page: readonly Row[], processed: number, place: Place = {}): Promise<void> {
    const { run, rows } = this.#job;
    const before = this.#stored;
    let stored = before;
    await this.#store(async (transaction) => {
      const counts = await rows.upsert(transaction, run.credentialId, page, this.#dependencies.clock.now());
      if (counts.created > 0) {
        stored = before === null ? await rows.countIn(transaction, run.credentialId) : before + counts.created;
        this.#requireRoom(stored);
      }
      return { ...counts, processed };
    }, place);
    this.#stored = stored;
  }

  #requireRoom(rows: number): void {
    if (rows > this.#dependencies.mostRows) throw new TooManyRowsError(this.#dependencies.mostRows);
  }

  async #delete(upstreamIds: readonly number[]): Promise<void> {
    const { run, rows } = this.#job;
    await this.#store(async (transaction) => ({ deleted: await rows.delete(transaction, run.credentialId, upstreamIds) }));
    this.#stored = null;
  }

  /** One step: the change, the run's counters and its place, all or nothing, and only while the lease is ours. */
  async #store(
    change: (transaction: StatementTransaction) => Promise<RunProgress>,
    { checkpoint, total }: Place = {},
  ): Promise<void> {
    const { database, leases, runs, onStep } = this.#dependencies;
    const { id } = this.#job.run;
    this.#job.signal.throwIfAborted();
    const run = await database.transact(async (transaction) => {
      await leases.assertHeldIn(transaction, this.#job.lease);
      const advanced = await runs.advance(transaction, id, await change(transaction), {
        ...(checkpoint === undefined ? {} : { checkpoint: JSON.stringify(checkpoint) }),
        ...(total === undefined ? {} : { total }),
      });
      if (advanced === null) throw new RunInterruption("GONE");
      return advanced;
    });
    onStep(id);
    if (run.isCancelRequested) throw new RunInterruption("CANCELLED");
  }
}

/** Where the reading begins, with what was asked for already. */
type Begun<Row> = {
  readonly checkpoint: Checkpoint;
  /** How many rows there are to read; null when it is not known of what is left. */
  readonly total: number | null;
  readonly firstPage: Promise<readonly Row[]>;
  readonly visible: Promise<number | null>;
};

const NO_PAGE = Promise.resolve([]);

/** A promise that is awaited later: a failure until then waits with it instead of ending the process. */
function ahead<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => {});
  return promise;
}

type Place = { readonly checkpoint?: Checkpoint; readonly total?: number };

const nothing = async (): Promise<RunProgress> => ({});

function newestOf(page: readonly UpstreamRow[], known: number | null): number {
  return page.reduce((newest, { updatedAt }) => Math.max(newest, updatedAt.getTime()), known ?? Number.NEGATIVE_INFINITY);
}

/** Ids out of order would lose rows, delete rows that are there, or never end. */
function requireAscending(ids: readonly number[], afterId: number): void {
  let previous = afterId;
  for (const id of ids) {
    if (id <= previous || id > MAX_UPSTREAM_ID) {
      throw new ConnectionError("UNEXPECTED_RESPONSE", "READ", "The upstream gave its rows out of order.");
    }
    previous = id;
  }
}
