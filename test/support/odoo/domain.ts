import { type OdooEdition, OdooFault, type OdooRecord } from "./record.ts";

type Term = { test: (record: OdooRecord) => boolean; greaterThanId: number };
export type CompiledDomain = Term & { readonly namesActive: boolean };

/** Reads Odoo's prefix notation: `["|", a, b, c]` is `(a or b) and c`. */
export function compileDomain(
  domain: unknown,
  fields: Readonly<Record<string, string>>,
  edition: OdooEdition,
  model: string,
): CompiledDomain {
  if (!Array.isArray(domain)) throw new OdooFault("builtins.ValueError", `Invalid domain: ${JSON.stringify(domain)}`);
  const stack: Term[] = [];
  for (const term of [...domain].reverse()) {
    if (term === "!") stack.push(not(stack.pop()));
    else if (term === "|") stack.push(either(stack.pop(), stack.pop()));
    else if (term === "&") stack.push(both(stack.pop(), stack.pop()));
    else stack.push(leaf(term, fields, edition, model));
  }
  const whole = stack.reduce(both, everything);
  return { ...whole, namesActive: domain.some((term) => Array.isArray(term) && term[0] === "active") };
}

const everything: Term = { test: () => true, greaterThanId: 0 };

const not = (term: Term = everything): Term => ({ test: (record) => !term.test(record), greaterThanId: 0 });

const either = (a: Term = everything, b: Term = everything): Term => ({
  test: (record) => a.test(record) || b.test(record),
  greaterThanId: 0,
});

const both = (a: Term = everything, b: Term = everything): Term => ({
  test: (record) => a.test(record) && b.test(record),
  greaterThanId: Math.max(a.greaterThanId, b.greaterThanId),
});

function leaf(term: unknown, fields: Readonly<Record<string, string>>, edition: OdooEdition, model: string): Term {
  if (!Array.isArray(term) || term.length !== 3)
    throw new OdooFault("builtins.ValueError", `Invalid leaf ${JSON.stringify(term)}`);
  const [field, operator, value] = term as [string, string, unknown];
  if (field === "write_date") return dateTerm("written", operator, value, edition);
  if (field === "product_tmpl_id.write_date" && model === "product.product") {
    return dateTerm("templateWritten", operator, value, edition);
  }
  if (!(field in fields)) {
    const place = edition >= 19 ? "condition" : "leaf";
    throw new OdooFault("builtins.ValueError", `Invalid field ${model}.${field} in ${place} ${JSON.stringify(term)}`);
  }
  const compare = comparisons[operator];
  if (compare === undefined) throw new OdooFault("builtins.ValueError", `Invalid operator ${operator}`);
  return {
    test: (record) => compare(record[field] ?? false, value),
    greaterThanId: field === "id" && operator === ">" ? Number(value) : 0,
  };
}

const comparisons: Readonly<Record<string, (stored: unknown, wanted: unknown) => boolean>> = {
  "=": (stored, wanted) => stored === wanted,
  "!=": (stored, wanted) => stored !== wanted,
  ">": (stored, wanted) => Number(stored) > Number(wanted),
  ">=": (stored, wanted) => Number(stored) >= Number(wanted),
  "<": (stored, wanted) => Number(stored) < Number(wanted),
  "<=": (stored, wanted) => Number(stored) <= Number(wanted),
  in: (stored, wanted) => Array.isArray(wanted) && wanted.includes(stored),
  "not in": (stored, wanted) => Array.isArray(wanted) && !wanted.includes(stored),
  ilike: (stored, wanted) => String(stored).toLowerCase().includes(String(wanted).toLowerCase()),
};

/** 19 compares whole seconds; before, the stored microseconds count. */
function dateTerm(column: string, operator: string, value: unknown, edition: OdooEdition): Term {
  const wanted = edition >= 19 ? strictMoment(value) : lenientMoment(value);
  const compare = comparisons[operator];
  if (compare === undefined) throw new OdooFault("builtins.ValueError", `Invalid operator ${operator}`);
  const grain = edition >= 19 ? 1_000_000 : 1;
  return {
    test: (record) => compare(Math.floor(Number(record[column]) / grain), Math.floor(wanted / grain)),
    greaterThanId: 0,
  };
}

const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?$/;

function microseconds(parts: RegExpExecArray): number {
  const [, day, time = "00:00:00", fraction = "."] = parts;
  return Date.parse(`${day}T${time}Z`) * 1000 + Number(fraction.slice(1).padEnd(6, "0"));
}

function lenientMoment(value: unknown): number {
  const parts = MOMENT.exec(String(value));
  if (parts !== null) return microseconds(parts);
  const message = `invalid input syntax for type timestamp: "${String(value)}"\n`;
  throw new OdooFault("psycopg2.errors.InvalidDatetimeFormat", message);
}

function strictMoment(value: unknown): number {
  const parts = typeof value === "string" ? MOMENT.exec(value) : null;
  if (parts === null) throw new OdooFault("builtins.ValueError", `time data '${String(value)}' does not match format`);
  if (parts[4] !== undefined) {
    throw new OdooFault("builtins.ValueError", `expecting only datetimes with no timezone: ${String(value)}`);
  }
  return microseconds(parts);
}
