import { z } from "zod";
import { ConnectionError } from "../../upstream/connection-error.ts";
import type { PageRequest, PullReader } from "../connector.ts";
import { isModelMissing } from "./odoo-fault.ts";
import { type OdooRecord, type OdooResource, RecordShapeError } from "./odoo-resource.ts";
import type { OdooSession } from "./odoo-session.ts";
import type { KnownSession } from "./odoo-session-memory.ts";

/** A page may wait for a busy server: Odoo itself ends a request after `limit_time_real`, 120 s by default. */
const HEAVY_DEADLINE_MS = 130_000;

const recordsSchema = z.array(z.custom<OdooRecord>((value) => typeof value === "object" && value !== null));
const countSchema = z.number().int().nonnegative();
const idsSchema = z.array(z.number().int().positive());

/**
 * Reads one resource page by page: by ascending id, because thousands of records share one `write_date` and offsets lose
 * rows when something is deleted meanwhile; archived records too. Fields, order and limit are always said, since
 * Odoo's defaults mean all fields, an unstable order and no limit.
 */
export async function openReader<Row extends { readonly upstreamId: number }>(
  session: OdooSession,
  resource: OdooResource<Row>,
  knownFields: KnownSession["fields"],
): Promise<PullReader<Row>> {
  const { model } = resource;
  const fields = knownFields.get(model) ?? (await readableFields(session, resource));
  knownFields.set(model, fields);
  const context = { active_test: false, ...(session.language === null ? {} : { lang: session.language }) };
  const call = (method: string, named: Readonly<Record<string, unknown>>) =>
    session.call({ model, method, named: { ...named, context }, stage: "READ", deadlineMs: HEAVY_DEADLINE_MS });
  const changed = (since: string | null) => (since === null ? [] : resource.changedSince(since, session.version.major));

  return {
    upstreamKey: `${session.baseUrl}|${session.database}|${model}`,
    count: async (changedSince) => parse(countSchema, await call("search_count", { domain: changed(changedSince) }), model),
    page: async ({ changedSince, afterId, limit }: PageRequest) => {
      const domain = [...changed(changedSince), ["id", ">", afterId]];
      const rows = await call("search_read", { domain, fields, limit: atLeastOne(limit), order: "id" });
      const parsed = parse(recordsSchema, rows, model).map((record, place) => readRow(resource, record, place));
      requireAscending(
        parsed.map((row) => row.upstreamId),
        afterId,
        model,
      );
      return parsed;
    },
    ids: async (afterId, limit) => {
      const found = await call("search", { domain: [["id", ">", afterId]], limit: atLeastOne(limit), order: "id" });
      const ids = parse(idsSchema, found, model);
      requireAscending(ids, afterId, model);
      return ids;
    },
  };
}

/** The fields that this server has and this user may read: `fields_get` silently leaves out the others. */
async function readableFields(session: OdooSession, resource: OdooResource<unknown>): Promise<readonly string[]> {
  const { model, fields, optionalFields } = resource;
  const wanted = [...fields, ...optionalFields];
  const call = { model, method: "fields_get", named: { allfields: wanted, attributes: ["type"] }, stage: "READ" } as const;
  const answer = await session.ask(call);
  if (answer.ok) {
    const known = parse(z.record(z.string(), z.unknown()), answer.result, model);
    return wanted.filter((field) => field in known);
  }
  const failure = session.refuse(answer.fault, call);
  // A field of some addon can break `fields_get` for the whole model, while these can still be read.
  if (failure.code !== "UNEXPECTED_RESPONSE" || isModelMissing(answer.fault, model)) throw failure;
  return fields;
}

/** Odoo reads a limit of 0 as none at all. */
function atLeastOne(limit: number): number {
  if (!Number.isInteger(limit) || limit < 1) throw new RangeError(`A page needs a limit of at least 1, not ${limit}.`);
  return limit;
}

/** A server that gives ids twice or out of order would keep a sync going for ever. */
function requireAscending(ids: readonly number[], afterId: number, model: string): void {
  let last = afterId;
  for (const id of ids) {
    if (id <= last)
      throw new ConnectionError("UNEXPECTED_RESPONSE", "READ", `Odoo gave ${model} out of order (id ${id} after ${last}).`);
    last = id;
  }
}

function readRow<Row>({ model, readRow }: OdooResource<Row>, record: OdooRecord, place: number): Row {
  try {
    return readRow(record);
  } catch (error) {
    if (error instanceof RecordShapeError) throw unknownShape(model, `${place}.${error.field}`, error);
    throw error;
  }
}

function parse<Value>(schema: z.ZodType<Value>, value: unknown, model: string): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw unknownShape(model, parsed.error.issues[0]?.path.join(".") || "the whole answer", parsed.error);
}

function unknownShape(model: string, place: string, cause: Error): ConnectionError {
  const message = `Odoo answered for ${model} in a shape that Postern does not know (at ${place}).`;
  return new ConnectionError("UNEXPECTED_RESPONSE", "READ", message, { cause });
}
