import type { Database, Transaction } from "../database/database.ts";
import { auditUnavailable } from "../errors.ts";
import type { MakeId } from "../identifiers.ts";
import { AuditAnchorRepository } from "./audit-anchor.repository.ts";
import { beginningOf, type ChainPosition, chainRecords } from "./audit-chain.ts";
import type { AuditEventRepository } from "./audit-event.repository.ts";
import type { AuditRecord } from "./audit-record.ts";
import type { AuditSecret } from "./audit-secret.ts";

export type ChainWriterDependencies = {
  readonly database: Database;
  readonly events: AuditEventRepository;
  readonly secret: AuditSecret;
  readonly makeId: MakeId;
  /** Told how far a chain goes, whenever that is known to be stored. */
  readonly onStored: (chainId: string, end: ChainPosition) => void;
};

/**
 * The one writer of one chain. It knows in memory where its chain ends, so a link costs no read and no lock; it must
 * have one transaction at a time. Whenever it is not known what became of a write, the end is read again.
 */
export class ChainWriter {
  readonly #dependencies: ChainWriterDependencies;
  readonly #chainId: string;
  /** Null when it has to be read. */
  #end: ChainPosition | null;
  #writing: Promise<void> = Promise.resolve();

  constructor(dependencies: ChainWriterDependencies) {
    this.#dependencies = dependencies;
    this.#chainId = dependencies.makeId("chain");
    this.#end = beginningOf(dependencies.secret, this.#chainId);
  }

  /** Adds the records as links; then comes `settle`. @throws {GatewayError} UNAVAILABLE */
  write(transaction: Transaction, records: readonly AuditRecord[]): Promise<void> {
    // One after the other, for what one transaction appends at once; after a failure, nothing but failures.
    const writing = this.#writing.then(() => this.#insert(transaction, records));
    this.#writing = writing;
    writing.catch(() => {});
    return writing;
  }

  /** Says whether what was written stands now. */
  settle(isCommitted: boolean): void {
    this.#writing = Promise.resolve();
    if (!isCommitted) this.#end = null;
    else if (this.#end !== null) this.#dependencies.onStored(this.#chainId, this.#end);
  }

  async #insert(transaction: Transaction, records: readonly AuditRecord[]): Promise<void> {
    const { events, secret } = this.#dependencies;
    try {
      const { links, end } = chainRecords(secret, this.#chainId, this.#end ?? (await this.#readEnd(transaction)), records);
      await events.insert(transaction, links);
      this.#end = end;
    } catch (error) {
      throw auditUnavailable(error);
    }
  }

  async #readEnd(transaction: Transaction): Promise<ChainPosition> {
    const { database, events, secret } = this.#dependencies;
    const last = await events.findLastLink(transaction, this.#chainId);
    if (last !== null) return last;
    const anchors = await new AuditAnchorRepository(database).findByChain(this.#chainId, transaction);
    return anchors.find(({ kind }) => kind === "CUT") ?? beginningOf(secret, this.#chainId);
  }
}

/**
 * As many writers as there are transactions at once: each has one to itself from its first event to its end. So events
 * of transactions that run side by side wait for no common lock, and one that is rolled back leaves no gap.
 */
export function createChainWriters(dependencies: ChainWriterDependencies) {
  const { database } = dependencies;
  const free: ChainWriter[] = [];
  const held = new WeakMap<Transaction, ChainWriter>();

  const hold = (transaction: Transaction): ChainWriter => {
    const writer = free.pop() ?? new ChainWriter(dependencies);
    held.set(transaction, writer);
    database.onEnd(transaction, (isCommitted) => {
      writer.settle(isCommitted);
      free.push(writer);
    });
    return writer;
  };

  return {
    /** The writer of a transaction. */
    of: (transaction: Transaction): ChainWriter => held.get(transaction) ?? hold(transaction),
  };
}
