import { isUnavailable } from "../errors.ts";
import type { AuditEntry } from "./audit-event.ts";
import type { AuditLog } from "./audit-log.ts";

/**
 * An audit log for signing in and out alone: when the trail cannot be written, an event is told to `onMissed` and the
 * work goes on. Nobody is locked out by a trail that is full, and no stored secret leaves by these ways.
 */
export function createLenientAuditLog(audit: AuditLog, onMissed: (error: unknown, entry: AuditEntry) => void): AuditLog {
  const forgive = (entry: AuditEntry) => (error: unknown) => {
    if (!isUnavailable(error)) throw error;
    onMissed(error, entry);
  };
  return {
    record: (entry) => audit.record(entry).catch(forgive(entry)),
    append: async (transaction, entry) => {
      // PostgreSQL gives up a transaction in which a statement failed, unless there is a place to go back to.
      await transaction.$executeRaw`SAVEPOINT audit`;
      try {
        await audit.append(transaction, entry);
      } catch (error) {
        await transaction.$executeRaw`ROLLBACK TO SAVEPOINT audit`;
        forgive(entry)(error);
      }
      await transaction.$executeRaw`RELEASE SAVEPOINT audit`;
    },
  };
}
