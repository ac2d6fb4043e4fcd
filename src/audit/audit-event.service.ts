import { type Page, type PageRequest, readPage } from "../database/page.ts";
import { badInput } from "../errors.ts";
import { idPrefixOf } from "../identifiers.ts";
import type { AuditEventFilter, AuditEventRepository, AuditOrder, AuditScope } from "./audit-event.repository.ts";
import type { AuditActor } from "./audit-event.ts";
import type { AuditRecord } from "./audit-record.ts";
import { encodeAuditText } from "./audit-text.ts";
import type { RecordAuditRead } from "./read-recorder.ts";

/** What reading the trail needs to know of who calls; every `Viewer` is one. */
export type AuditReader = AuditActor & { readonly permissions: ReadonlySet<string> };

export type AuditEventServiceDependencies<Reader extends AuditReader> = {
  readonly events: AuditEventRepository;
  readonly recordRead: RecordAuditRead;
  /** Throws for a reader without the permission: `access/` decides that, and audit stands below it. */
  readonly requirePermission: (reader: Reader, permission: "audit:read") => void;
};

/**
 * Reads the audit trail. A reader sees what they did and what happened to their own things; with `audit:read-all`
 * everything. What is not visible looks like what does not exist.
 */
export class AuditEventService<Reader extends AuditReader = AuditReader> {
  readonly #events: AuditEventRepository;
  readonly #recordRead: RecordAuditRead;
  readonly #requirePermission: AuditEventServiceDependencies<Reader>["requirePermission"];

  constructor({ events, recordRead, requirePermission }: AuditEventServiceDependencies<Reader>) {
    this.#events = events;
    this.#recordRead = recordRead;
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
    if ((filter.actions?.length ?? 0) > MOST_ACTIONS) throw badInput("actions", `actions has at most ${MOST_ACTIONS} entries.`);
    const encoded = encodeFilter(filter);
    const read = async (take: number, afterKey: string | null) => {
      if (afterKey !== null && idPrefixOf(afterKey) !== "event") throw badInput("after", "after is not a cursor of this list.");
      return this.#events.findPage(scope, encoded, take, afterKey, order ?? "NEWEST_FIRST");
    };
    // Before the rows and their count are read: it is in both, and nobody reads without being on record.
    if (scope === "ALL") await this.#recordRead(reader);
    return readPage(page, read, () => this.#events.count(scope, encoded));
  }

  /** The event, or null when there is none that the reader may see. */
  async findById(reader: Reader, id: string): Promise<AuditRecord | null> {
    const scope = this.#scopeOf(reader);
    if (idPrefixOf(id) !== "event") return null;
    if (scope === "ALL") await this.#recordRead(reader);
    return this.#events.findById(scope, id);
  }

  #scopeOf(reader: Reader): AuditScope {
    this.#requirePermission(reader, "audit:read");
    // A reader without an id did nothing and owns nothing; no event has the empty id.
    return reader.permissions.has("audit:read-all") ? "ALL" : { userId: reader.id ?? "" };
  }
}

/** More than there are; thousands would be more parameters than a statement takes. */
const MOST_ACTIONS = 100;

/** Text is stored encoded, so it is looked for encoded. */
function encodeFilter(filter: AuditEventFilter): AuditEventFilter {
  const encode = (text: string | null | undefined) => (text == null ? null : encodeAuditText(text));
  return { ...filter, action: encode(filter.action), actorId: encode(filter.actorId), targetId: encode(filter.targetId) };
}
