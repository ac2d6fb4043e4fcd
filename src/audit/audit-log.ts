import type { Transaction } from "../database/database.ts";
import type { AuditEntry } from "./audit-event.ts";

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
