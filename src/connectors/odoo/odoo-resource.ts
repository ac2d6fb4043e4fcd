import { z } from "zod";
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
  readonly row: z.ZodType<Row>;
};

const id = z.number().int().positive();
// Odoo's empty value is `false` for every type of text; "" is kept where somebody stored it.
const text = z
  .union([z.string(), z.literal(false)])
  .optional()
  .transform((value) => (value === undefined || value === false || value.trim() === "" ? null : value));
const moment = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  .transform((value) => new Date(`${value.replace(" ", "T")}Z`));
// Rows that were put into the database behind Odoo's back carry no write date.
const writeDate = z
  .union([moment, z.literal(false)])
  .default(false)
  .transform((value) => value || new Date(0));

// Not by String(): 1e21 and 1e-7 are numbers of Odoo's too.
const decimal = z
  .union([z.number(), z.literal(false)])
  .optional()
  .transform((value) =>
    typeof value === "number" ? value.toLocaleString("en-US", { useGrouping: false, maximumFractionDigits: 20 }) : null,
  );

/** `res.partner`: people, companies and their addresses; an address may have no name of its own. */
export const contacts: OdooResource<ContactRow> = {
  model: "res.partner",
  fields: ["name", "display_name", "email", "phone", "is_company", "active", "write_date"],
  // Gone since 19.
  optionalFields: ["mobile"],
  changedSince: (time) => [["write_date", ">=", time]],
  row: z
    .object({
      id,
      name: text,
      display_name: text,
      email: text,
      phone: text,
      mobile: text,
      is_company: z.boolean().default(false),
      active: z.boolean().default(true),
      write_date: writeDate,
    })
    .transform((row) => ({
      upstreamId: row.id,
      name: row.name ?? row.display_name ?? row.email ?? `#${row.id}`,
      email: row.email,
      phone: row.phone ?? row.mobile,
      isCompany: row.is_company,
      isActive: row.active,
      updatedAt: row.write_date,
    })),
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
  row: z
    .object({
      id,
      name: text,
      display_name: text,
      default_code: text,
      lst_price: decimal,
      active: z.boolean().default(true),
      write_date: writeDate,
    })
    .transform((row) => ({
      upstreamId: row.id,
      name: row.name ?? row.display_name ?? `#${row.id}`,
      sku: row.default_code,
      price: row.lst_price,
      isActive: row.active,
      updatedAt: row.write_date,
    })),
};
