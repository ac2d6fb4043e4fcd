import type { ImportedAccount } from "../../access/user-import.service.ts";
import type { FieldInput } from "../../credentials/field-input.ts";
import { type ImportSource, ImportSourceError, type SourceRow } from "../../database/import-source.ts";
import { quoteName } from "../../database/quote-name.ts";

/** A credential as an old system has it. */
export type SourceCredential = {
  /** Its row, as `table id=3`. What stands in one row is taken whole or not at all. */
  readonly place: string;
  readonly connector: string;
  readonly project: string;
  readonly label: string;
  /** Null where the old system has the place but nothing in it. */
  readonly content: { readonly fields: readonly FieldInput[] } | { readonly problem: string } | null;
};

/** A user of an old system with all that is theirs. */
export type SourceAccount = {
  /** What the report calls it. */
  readonly name: string;
  /** The row of the user; null when only rows of credentials name them. */
  readonly place: string | null;
  /** Null: the credentials are system defaults. */
  readonly account: ImportedAccount | null;
  readonly credentials: readonly SourceCredential[];
  /** Why nothing of it can be taken. */
  readonly problem?: string;
};

/** Reads one old system, user by user. */
export type SystemReader = (source: ImportSource) => AsyncIterable<SourceAccount>;

/** A column's value as text: Python programs store hashes as bytes as often as not. Null for NULL and for what is no text. */
export function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (Buffer.isBuffer(value)) return value.toString("utf8");
  return typeof value === "number" || typeof value === "bigint" ? String(value) : null;
}

/** A column's truth in either database: true, 1, `t`. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === "1" || value === "t" || value === "true";
}

/** Field inputs of what is not empty. */
export function fieldsOf(values: Readonly<Record<string, string | null>>): readonly FieldInput[] {
  return Object.entries(values).flatMap(([name, value]) => (value === null || value === "" ? [] : [{ name, value }]));
}

/** The table's columns by their names in lower case without underscores, so that `projectId` and `project_id` are one. */
export async function readColumns(source: ImportSource, table: string): Promise<ReadonlyMap<string, string>> {
  const columns = await source.columns(table);
  if (columns.length === 0) throw new ImportSourceError(`The source has no table ${table}.`);
  return new Map(columns.map((name) => [fold(name), name]));
}

const fold = (column: string) => column.replaceAll("_", "").toLowerCase();

export type WantedColumns = { readonly required: readonly string[]; readonly optional?: readonly string[] };

/**
 * The list of a SELECT that gives the wanted columns under their wanted names, absent optional ones as NULL.
 * @throws {ImportSourceError} naming the required ones that are not there
 */
export async function selectColumns(source: ImportSource, table: string, wanted: WantedColumns): Promise<string> {
  const columns = await readColumns(source, table);
  const missing = wanted.required.filter((name) => !columns.has(fold(name)));
  if (missing.length > 0) throw new ImportSourceError(`The source's table ${table} has no column ${missing.join(", ")}.`);
  const expressions = [...wanted.required, ...(wanted.optional ?? [])].map((name) => {
    const column = columns.get(fold(name));
    return `${column === undefined ? "NULL" : `${quoteName(table)}.${quoteName(column)}`} AS ${quoteName(name)}`;
  });
  return expressions.join(", ");
}

/** Rows that follow each other with the same key, together. */
export async function* groupRows(rows: AsyncIterable<SourceRow>, keyOf: (row: SourceRow) => unknown) {
  let group: SourceRow[] = [];
  for await (const row of rows) {
    const [first] = group;
    if (first !== undefined && keyOf(first) !== keyOf(row)) {
      yield group;
      group = [];
    }
    group.push(row);
  }
  if (group.length > 0) yield group;
}
