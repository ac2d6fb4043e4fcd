import { createEntryCache } from "../entry-cache.ts";
import type { Clock } from "../identifiers.ts";
import type { AuditActor } from "./audit-event.ts";
import type { AuditLog } from "./audit-log.ts";

/** Puts a reader of others' events on record, before they are read. What a user reads of their own needs none. */
export type RecordAuditRead = (reader: AuditActor) => Promise<void>;

/** A reader is put on record once in so long: a page that looks for news every few seconds would fill the trail by itself. */
const READ_INTERVAL_MS = 600_000;
const MOST_READERS = 10_000;

/** Records every reader once in ten minutes on each node, by whatever way they read. */
export function createReadRecorder(audit: AuditLog, clock: Clock): RecordAuditRead {
  const readAt = createEntryCache<string, number>(MOST_READERS);
  return async (reader) => {
    if (reader.type === "SYSTEM") return;
    const now = clock.now().getTime();
    const key = String(reader.id);
    if (now - (readAt.get(key) ?? Number.NEGATIVE_INFINITY) < READ_INTERVAL_MS) return;
    await audit.record({ actor: reader, action: "AUDIT_READ" });
    readAt.set(key, now);
  };
}
