import { type Page, type PageRequest, readPage } from "../database/page.ts";
import { createEntryCache } from "../entry-cache.ts";
import { badInput } from "../errors.ts";
import type { Clock } from "../identifiers.ts";
import { idPrefixOf } from "../identifiers.ts";
import type { AuditEventFilter, AuditEventRepository, AuditOrder, AuditScope } from "./audit-event.repository.ts";
import type { AuditActor } from "./audit-event.ts";
import type { AuditLog } from "./audit-log.ts";
import type { AuditRecord } from "./audit-record.ts";
import { encodeAuditText } from "./audit-text.ts";

/** What reading the trail needs to know of who calls; every `Viewer` is one. */
export type AuditReader = AuditActor & { readonly permissions: ReadonlySet<string> };

export type AuditEventServiceDependencies<Reader extends AuditReader> = {
  readonly events: AuditEventRepository;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** Throws for a reader without the permission: `access/` decides that, and audit stands below it. */
  readonly requirePermission: (reader: Reader, permission: "audit:read") => void;
};

/**
 * Reads the audit trail. A reader sees what they did and what happened to their own things; with `audit:read-all`
 * everything. What is not visible looks like what does not exist.
 */
export class AuditEventService<Reader extends AuditReader = AuditReader> {
  readonly #events: AuditEventRepository;
  readonly #reads: (reader: AuditReader, scope: AuditScope) => Promise<void>;
  readonly #requirePermission: AuditEventServiceDependencies<Reader>["requirePermission"];

  constructor({ events, audit, clock, requirePermission }: AuditEventServiceDependencies<Reader>) {
    this.#events = events;
    this.#reads = createReadRecorder(audit, clock);
    this.#requirePermission = requirePermission;
  }

  /** A page of the events that fit. */
  async findPage(
    reader: Reader,
    filter: AuditEventFilter,
    page: PageRequest,
    order?: AuditOrder | null,
  ): Promise<Page<AuditRecord>> {
    const scope = this.#scopeOf(reader);
    const encoded = encodeFilter(filter);
    const read = async (take: number, afterKey: string | null) => {
      if (afterKey !== null && idPrefixOf(afterKey) !== "event") throw badInput("after", "after is not a cursor of this list.");
      return this.#events.findPage(scope, encoded, take, afterKey, order ?? "NEWEST_FIRST");
    };
    // Before the rows and their count are read: it is in both, and nobody reads without being on record.
    await this.#reads(reader, scope);
    return readPage(page, read, () => this.#events.count(scope, encoded));
  }

  /** The event, or null when there is none that the reader may see. */
  async findById(reader: Reader, id: string): Promise<AuditRecord | null> {
    const scope = this.#scopeOf(reader);
    if (idPrefixOf(id) !== "event") return null;
    await this.#reads(reader, scope);
    return this.#events.findById(scope, id);
  }

  #scopeOf(reader: Reader): AuditScope {
    this.#requirePermission(reader, "audit:read");
    // A reader without an id did nothing and owns nothing; no event has the empty id.
    return reader.permissions.has("audit:read-all") ? "ALL" : { userId: reader.id ?? "" };
  }
}

/** Text is stored encoded, so it is looked for encoded. */
function encodeFilter(filter: AuditEventFilter): AuditEventFilter {
  const encode = (text: string | null | undefined) => (text == null ? null : encodeAuditText(text));
  return { ...filter, action: encode(filter.action), actorId: encode(filter.actorId), targetId: encode(filter.targetId) };
}

/** A reader is put on record once in so long: a page that looks for news every few seconds would fill the trail by itself. */
const READ_INTERVAL_MS = 600_000;
const MOST_READERS = 10_000;

/**
 * Records that others' events are read: every reader once in ten minutes on each node. What a user reads of their own
 * is not: they were there.
 */
function createReadRecorder(audit: AuditLog, clock: Clock) {
  const readAt = createEntryCache<string, number>(MOST_READERS);
  return async (reader: AuditReader, scope: AuditScope): Promise<void> => {
    if (scope !== "ALL" || reader.type === "SYSTEM") return;
    const now = clock.now().getTime();
    const key = String(reader.id);
    if (now - (readAt.get(key) ?? Number.NEGATIVE_INFINITY) < READ_INTERVAL_MS) return;
    await audit.record({ actor: reader, action: "AUDIT_READ" });
    readAt.set(key, now);
  };
}
