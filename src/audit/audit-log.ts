import type { Database, Transaction } from "../database/database.ts";
import { auditUnavailable } from "../errors.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import { AuditAnchorRepository } from "./audit-anchor.repository.ts";
import { AuditEventRepository } from "./audit-event.repository.ts";
import type { AuditEntry } from "./audit-event.ts";
import { type AuditRecord, toAuditRecord } from "./audit-record.ts";
import type { AuditSecret } from "./audit-secret.ts";
import { ChainAnchoring } from "./chain-anchoring.ts";
import { ChainWriter, createChainWriters } from "./chain-writer.ts";
import { createGroupCommit } from "./group-commit.ts";
import type { AnchorSink } from "./heads-file.ts";

/**
 * Where every audit event goes through. An event beside a write is appended in that write's transaction; an event that
 * must stand before a secret leaves is recorded alone, and the promise settles once it is durable.
 */
export type AuditLog = {
  /** Part of the caller's transaction: both are stored or neither is. Rejects with UNAVAILABLE, and the write with it. */
  append(transaction: Transaction, entry: AuditEntry): Promise<void>;
  /** Durable when it resolves; many at once share one commit. Rejects with UNAVAILABLE when it could not be stored. */
  record(entry: AuditEntry): Promise<void>;
};

export type AuditLogDependencies = {
  readonly database: Database;
  readonly secret: AuditSecret;
  readonly makeId: MakeId;
  readonly clock: Clock;
  /** Where heads are written beside the store; nowhere when left out. */
  readonly sink?: AnchorSink;
  readonly headIntervalMs?: number;
  /** Told of every head that could not be stored. */
  readonly onHeadFailure?: (error: unknown) => void;
  /** Most recorded events that may wait for the store; beyond it they are refused. */
  readonly maxWaiting?: number;
  /** Told of every batch of recorded events that was stored. */
  readonly onCommit?: (events: number, milliseconds: number) => void;
};

/** An audit log that a process stops in order: `flush` waits for what was recorded, `close` also refuses what comes. */
export type ClosableAuditLog = AuditLog & {
  flush(): Promise<void>;
  close(): Promise<void>;
  /** How many recorded events wait for the store. */
  waiting(): number;
  /** Signs how far the chains go, without waiting for the next time. */
  signHeads(): Promise<void>;
};

/** Many share one commit, and none holds the store for long. */
const MAX_BATCH = 256;

/** The audit log over a store. */
export function createAuditLog(dependencies: AuditLogDependencies): ClosableAuditLog {
  const { database, secret, makeId, clock, sink = null, headIntervalMs = 10_000, maxWaiting = 10_000 } = dependencies;
  const { onHeadFailure = () => {}, onCommit } = dependencies;
  const events = new AuditEventRepository(database);
  const anchoring = new ChainAnchoring({
    secret,
    anchors: new AuditAnchorRepository(database),
    sink,
    clock,
    intervalMs: headIntervalMs,
    onFailure: onHeadFailure,
  });
  const onStored = anchoring.note.bind(anchoring);
  const chains = { database, events, secret, makeId, onStored };
  const writers = createChainWriters(chains);
  const recorder = new ChainWriter(chains);

  const commit = async (records: readonly AuditRecord[]) => {
    try {
      await recorder.write(database.client, records);
      recorder.settle(true);
    } catch (error) {
      recorder.settle(false);
      throw error;
    }
  };
  const group = createGroupCommit({ commit, maxBatch: MAX_BATCH, maxWaiting, refuse: () => auditUnavailable(), onCommit });
  const requireAnchored = () => {
    if (anchoring.isOverdue()) throw auditUnavailable(new Error("Signed heads could not be stored for too long."));
  };

  return {
    append: async (transaction, entry) => {
      requireAnchored();
      await writers.of(transaction).write(transaction, [toAuditRecord(entry, { makeId, clock })]);
    },
    record: async (entry) => {
      requireAnchored();
      await group.add(toAuditRecord(entry, { makeId, clock }));
    },
    flush: group.flush,
    waiting: group.waiting,
    signHeads: () => anchoring.sign(),
    close: async () => {
      await group.close();
      await anchoring.close();
    },
  };
}
