import type { ContactRow, ProductRow } from "../connector.ts";

/** What is read of one model, and how a row of it becomes ours. */
export type OdooResource<Row> = {
  readonly model: string;
  /** Asked for where the user may read them. */
  readonly fields: readonly string[];
  /** Asked for where the server has them at all: an unknown name would fail the whole call. */
  readonly optionalFields: readonly string[];
  /** Selects what was written at or after a time. Only `>=` with whole seconds means the same on every version. */
  changedSince(time: string, majorVersion: number): readonly unknown[];
  /** @throws {RecordShapeError} */
  readRow(record: OdooRecord): Row;
};

/** A record as it comes, nothing of it believed yet. */
export type OdooRecord = Readonly<Record<string, unknown>>;

/** A field of a record is not of the type that Odoo has for it. */
export class RecordShapeError extends Error {
  override readonly name = "RecordShapeError";
  readonly field: string;

  constructor(field: string) {
    super(`The field ${field} is of another type than Odoo has for it.`);
    this.field = field;
  }
}

/*
 * Read by hand, one field after the other: of a large page, a schema took four times as long over each row as all the rest that
 * is done with it before it is stored.
 */

function readId({ id }: OdooRecord): number {
  if (typeof id === "number" && Number.isSafeInteger(id) && id > 0) return id;
  throw new RecordShapeError("id");
}

/** Characters that are kept of a text: far more than Odoo's own screens show, and a bound for what a row can take. */
const MOST_CHARACTERS = 1_000;

/** The beginning of a text, cut between characters and not inside of one that takes two units. */
function firstCharacters(text: string): string {
  const isCutInside = /[\uD800-\uDBFF]/.test(text.charAt(MOST_CHARACTERS - 1));
  return text.slice(0, isCutInside ? MOST_CHARACTERS - 1 : MOST_CHARACTERS);
}

/** Odoo's empty value is `false` for every type of text; a text of spaces is none either. */
function readText(record: OdooRecord, field: string): string | null {
  const value = record[field];
  if (value === undefined || value === false) return null;
  if (typeof value !== "string") throw new RecordShapeError(field);
  return value.trim() === "" ? null : firstCharacters(value);
}

function readFlag(record: OdooRecord, field: string, otherwise: boolean): boolean {
  const value = record[field];
  if (value === undefined) return otherwise;
  if (typeof value !== "boolean") throw new RecordShapeError(field);
  return value;
}

/** Rows that were put into the database behind Odoo's back carry no write date. */
function readWriteDate({ write_date: value }: OdooRecord): Date {
  if (value === undefined || value === false) return new Date(0);
  if (typeof value === "string" && /^(?!0000)\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value)) {
    const time = new Date(`${value.replace(" ", "T")}Z`);
    if (!Number.isNaN(time.getTime())) return time;
  }
  throw new RecordShapeError("write_date");
}

/** Not by String(): 1e21 and 1e-7 are numbers of Odoo's too. */
function readDecimal(record: OdooRecord, field: string): string | null {
  const value = record[field];
  if (value === undefined || value === false) return null;
  if (typeof value !== "number" || !Number.isFinite(value)) throw new RecordShapeError(field);
  return value.toLocaleString("en-US", { useGrouping: false, maximumFractionDigits: 20 });
}

/** `res.partner`: people, companies and their addresses; an address may have no name of its own. */
export const contacts: OdooResource<ContactRow> = {
  model: "res.partner",
  fields: ["name", "display_name", "email", "phone", "is_company", "active", "write_date"],
  // Gone since 19.
  optionalFields: ["mobile"],
  changedSince: (time) => [["write_date", ">=", time]],
  readRow: (record) => {
    const upstreamId = readId(record);
    const displayName = readText(record, "display_name");
    const email = readText(record, "email");
    const mobile = readText(record, "mobile");
    return {
      upstreamId,
      name: readText(record, "name") ?? displayName ?? email ?? `#${upstreamId}`,
      email,
      phone: readText(record, "phone") ?? mobile,
      isCompany: readFlag(record, "is_company", false),
      isActive: readFlag(record, "active", true),
      updatedAt: readWriteDate(record),
    };
  },
};

/** `product.product`: the variants that are sold; `lst_price` is the variant's own sales price. */
export const products: OdooResource<ProductRow> = {
  model: "product.product",
  fields: ["name", "display_name", "default_code", "lst_price", "active", "write_date"],
  optionalFields: [],
  changedSince: (time, majorVersion) => {
    const own = ["write_date", ">=", time];
    // Before 19, name and price change on the template without the variant's write date following.
    return majorVersion >= 19 ? [own] : ["|", own, ["product_tmpl_id.write_date", ">=", time]];
  },
  readRow: (record) => {
    const upstreamId = readId(record);
    const displayName = readText(record, "display_name");
    return {
      upstreamId,
      name: readText(record, "name") ?? displayName ?? `#${upstreamId}`,
      sku: readText(record, "default_code"),
      price: readDecimal(record, "lst_price"),
      isActive: readFlag(record, "active", true),
      updatedAt: readWriteDate(record),
    };
  },
};
