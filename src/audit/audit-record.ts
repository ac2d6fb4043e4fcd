import type { AuditEventModel } from "../database/generated/sqlite/models.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import type { AuditEntry } from "./audit-event.ts";
import { encodeAuditText } from "./audit-text.ts";

/** An event as it is stored; `details` is a JSON object of scalars. */
export type AuditRecord = AuditEventModel;

function encodeOrNull(text: string | null | undefined): string | null {
  return text == null ? null : encodeAuditText(text);
}

/** Only scalars: whatever else slips past the types (a buffer, a body, an error) could carry a secret. */
function encodeDetail(value: unknown): string | number | boolean | null {
  if (typeof value === "string") return encodeAuditText(value);
  return typeof value === "number" || typeof value === "boolean" || value === null ? value : "(left out: not a scalar)";
}

/** The record of an entry: every text in it encoded and cut. */
export function toAuditRecord(entry: AuditEntry, { makeId, clock }: { makeId: MakeId; clock: Clock }): AuditRecord {
  const { actor, action, outcome = "SUCCEEDED", target, ownerId = actor.id, details = {} } = entry;
  const encoded = Object.entries(details).map(([name, value]) => [encodeAuditText(name), encodeDetail(value)]);
  return {
    id: makeId("event"),
    action,
    outcome,
    actorType: actor.type,
    actorId: encodeOrNull(actor.id),
    targetType: encodeOrNull(target?.type),
    targetId: encodeOrNull(target?.id),
    ownerId: encodeOrNull(ownerId),
    ip: encodeOrNull(actor.origin.ip),
    correlationId: encodeAuditText(actor.origin.correlationId),
    details: JSON.stringify(Object.fromEntries(encoded)),
    createdAt: clock.now(),
    // Its place is known when it is written.
    chainId: null,
    sequence: null,
    mac: null,
  };
}
