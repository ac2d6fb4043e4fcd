import { type OdooEdition, OdooFault } from "./record.ts";
import { OdooTable } from "./table.ts";

/** A user of the stand-in. `apiKey` is 40 hex characters; a two-factor user's password is refused over RPC. */
export type OdooUser = {
  readonly login: string;
  readonly password: string;
  readonly apiKey?: string;
  readonly hasTwoFactor?: boolean;
  /** Models that the user may not read. */
  readonly deniedModels?: readonly string[];
  readonly lang?: string;
};

export type SignedIn = OdooUser & { readonly uid: number };
export type OdooDatabase = { readonly name: string; readonly partners: OdooTable; readonly products: OdooTable | null };
export type NamedArguments = Readonly<Record<string, unknown>>;

const PARTNER_FIELDS = { name: "char", email: "char", phone: "char", is_company: "boolean", ref: "char", comment: "text" };
const PRODUCT_FIELDS = { name: "char", default_code: "char", lst_price: "float", list_price: "float" };

export type DatabaseOptions = { name: string; partners: number; products: number | null };

/** A database with so many partners and products made by number; no products at all when `products` is null. */
export function createDatabase(options: DatabaseOptions, edition: OdooEdition, clock: () => number): OdooDatabase {
  const partnerFields = edition >= 19 ? PARTNER_FIELDS : { ...PARTNER_FIELDS, mobile: "char" };
  const partners = new OdooTable("res.partner", partnerFields, edition, clock);
  partners.create(Array.from({ length: options.partners }, (_, n) => partnerNumber(n + 1)));
  const products = options.products === null ? null : new OdooTable("product.product", PRODUCT_FIELDS, edition, clock);
  products?.create(Array.from({ length: options.products ?? 0 }, (_, n) => productNumber(n + 1)));
  return { name: options.name, partners, products };
}

/** Partner `n`: every fifth is a company, a few lack e-mail or phone, none is archived. */
function partnerNumber(n: number) {
  const isCompany = n % 5 === 0;
  return {
    name: isCompany ? `Empresa García ${n} S.L.` : `José "Zoë" O'Brien ${n} 😀`,
    email: n % 17 === 0 ? false : `contact${n}@example.test`,
    phone: n % 13 === 0 ? false : `+34 600 ${String(n).padStart(6, "0")}`,
    is_company: isCompany,
  };
}

function productNumber(n: number) {
  const price = n + 0.5;
  return { name: `Product ${n}`, default_code: n % 7 === 0 ? false : `SKU-${n}`, lst_price: price, list_price: price };
}

/** Runs a model's method as a user, with the arguments by name. */
export function callModel(
  database: OdooDatabase,
  user: SignedIn,
  edition: OdooEdition,
  model: string,
  method: string,
  named: NamedArguments,
): unknown {
  if (model === "res.users") return callUsers(user, method, named);
  const table = [database.partners, database.products].find((candidate) => candidate?.model === model);
  if (!table) throw new OdooFault("odoo.exceptions.UserError", `Object ${model} doesn't exist`);
  const run = methods[method];
  if (run === undefined) {
    throw new OdooFault("builtins.AttributeError", `The method '${model}.${method}' does not exist`);
  }
  if (user.deniedModels?.includes(model)) throw accessError(model);
  requireInstalledLanguage(named, edition);
  return run(table, named, edition);
}

function callUsers(user: SignedIn, method: string, named: NamedArguments): unknown {
  if (method === "context_get") return { lang: user.lang ?? "en_US", tz: "Europe/Brussels", uid: user.uid };
  if (method === "read") return (named.ids as number[]).includes(user.uid) ? [{ id: user.uid, login: user.login }] : [];
  throw new OdooFault("builtins.AttributeError", `The method 'res.users.${method}' does not exist`);
}

function accessError(model: string): OdooFault {
  const advice = "Contact your administrator to request access if necessary.";
  const message = `You are not allowed to access 'Record' (${model}) records.\n\nNo group currently allows this operation.\n\n${advice}`;
  return new OdooFault("odoo.exceptions.AccessError", message);
}

function requireInstalledLanguage(named: NamedArguments, edition: OdooEdition): void {
  const { lang } = (named.context ?? {}) as { lang?: unknown };
  if (edition < 19 || lang === undefined || lang === "en_US" || lang === "es_ES") return;
  throw new OdooFault("odoo.exceptions.UserError", `Invalid language code: ${String(lang)}`);
}

const methods: Readonly<Record<string, (table: OdooTable, named: NamedArguments, edition: OdooEdition) => unknown>> = {
  search_count: (table, named) => table.select(selection(named)).length,
  search: (table, named) => table.select(selection(named)).map((record) => record.id),
  search_read: (table, named, edition) => {
    const fields = requireFields(table, named.fields, edition);
    return table.select(selection(named)).map((record) => table.present(record, fields));
  },
  fields_get: (table, named) => {
    const wanted = Array.isArray(named.allfields) ? named.allfields : Object.keys(table.fields);
    return Object.fromEntries(wanted.filter((f) => f in table.fields).map((f) => [f, { type: table.fields[String(f)] }]));
  },
};

function selection(named: NamedArguments) {
  const { active_test } = (named.context ?? {}) as { active_test?: unknown };
  return { domain: named.domain ?? [], limit: named.limit, offset: named.offset, isActiveOnly: active_test !== false };
}

/** The real server gives every field when none is named, which a reader must never rely on: the stand-in refuses. */
function requireFields(table: OdooTable, fields: unknown, edition: OdooEdition): string[] {
  if (!Array.isArray(fields) || fields.length === 0) {
    throw new OdooFault("odoo.exceptions.AccessError", `You do not have enough rights to access the fields of ${table.model}`);
  }
  const unknown = fields.find((field) => !(String(field) in table.fields));
  if (unknown === undefined) return fields.map(String);
  const place = edition >= 19 ? `'${table.model}'` : `model '${table.model}'`;
  throw new OdooFault("builtins.ValueError", `Invalid field '${String(unknown)}' on ${place}`);
}
