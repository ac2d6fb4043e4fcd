import type { StoreLoad } from "./database.ts";

/** A table that rows are added to by prepared statement: its columns in the order of the rows' values. */
export type InsertedTable = {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: "TEXT" | "INTEGER" | "TIME" }[];
};

export type InsertedValue = string | number | Date | null;

/**
 * Prepared statements, for the few queries that a hot path cannot afford Prisma's query builder for: it costs ten times
 * the query itself. A repository that uses one has a test that holds it equal to Prisma's.
 */
export type PreparedStatements = {
  /**
   * The rows of a SELECT with `$1`, `$2`… in this order. Times come as the database keeps them (text on SQLite), bytes
   * as Buffers: the repository makes them its record.
   */
  select<Row>(sql: string, parameters: readonly (string | number)[]): Promise<readonly Row[]>;
  /** A condition on a column before it: one of the texts in the JSON array that is this parameter, however many they are. */
  inList(parameter: string): string;
  /** Adds rows, all or none; durable when it resolves. Never inside a transaction. */
  insert(table: InsertedTable, rows: readonly (readonly InsertedValue[])[]): Promise<void>;
  /** True for the failure of a statement because the store cannot be reached, is locked, or cannot be used just now. */
  isAway(error: unknown): boolean;
  /** How many connections are in use, and how many statements wait for one. */
  load(): StoreLoad;
  close(): Promise<void>;
};

const quote = (name: string) => `"${name}"`;

/** The beginning of an INSERT, up to the values. */
export function insertInto({ name, columns }: InsertedTable): string {
  return `INSERT INTO ${quote(name)} (${columns.map((column) => quote(column.name)).join(", ")})`;
}
