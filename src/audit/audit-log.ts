import type { Database, Transaction } from "../database/database.ts";
import { GatewayError } from "../errors.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import { AuditEventRepository } from "./audit-event.repository.ts";
import type { AuditEntry } from "./audit-event.ts";
import { type AuditRecord, toAuditRecord } from "./audit-record.ts";
import { createGroupCommit } from "./group-commit.ts";

/**
 * Where every audit event goes through. An event beside a write is appended in that write's transaction; an event that
 * must stand before a secret leaves is recorded alone, and the promise settles once it is durable.
 */
export type AuditLog = {
  /** Part of the caller's transaction: both are stored or neither is. */
  append(transaction: Transaction, entry: AuditEntry): Promise<void>;
  /** Durable when it resolves; many at once share one commit. Rejects with UNAVAILABLE when it could not be stored. */
  record(entry: AuditEntry): Promise<void>;
};

export type AuditLogDependencies = {
  readonly database: Database;
  readonly makeId: MakeId;
  readonly clock: Clock;
  /** Most recorded events that may wait for the store; beyond it they are refused. */
  readonly maxWaiting?: number;
};

/** An audit log that a process stops in order: `flush` waits for what was recorded, `close` also refuses what comes. */
export type ClosableAuditLog = AuditLog & { flush(): Promise<void>; close(): Promise<void> };

/** As many as fit in one statement: SQLite takes 999 values, an event has 12. */
const MAX_BATCH = 80;

function unavailable(cause?: unknown): GatewayError {
  return new GatewayError("UNAVAILABLE", "The audit trail cannot be written just now. Try again.", { cause });
}

/** The audit log over a store. */
export function createAuditLog({ database, makeId, clock, maxWaiting = 10_000 }: AuditLogDependencies): ClosableAuditLog {
  const events = new AuditEventRepository(database);

  const commit = async (records: readonly AuditRecord[]) => {
    try {
      // One INSERT is all or nothing by itself; a transaction around it would be two statements more.
      await events.insert(database.client, records);
    } catch (error) {
      throw unavailable(error);
    }
  };
  const group = createGroupCommit({ commit, maxBatch: MAX_BATCH, maxWaiting, refuse: () => unavailable() });

  return {
    append: (transaction, entry) => events.insert(transaction, [toAuditRecord(entry, { makeId, clock })]),
    record: (entry) => group.add(toAuditRecord(entry, { makeId, clock })),
    flush: group.flush,
    close: group.close,
  };
}
