import type { StoreLoad } from "./database.ts";
import { quoteName } from "./quote-name.ts";
import { timeText } from "./time-text.ts";

/** A table that rows are added to by prepared statement: its columns in the order of the rows' values. */
export type InsertedTable = {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: "TEXT" | "INTEGER" | "BOOLEAN" | "TIME" }[];
  /** What follows the values: an ON CONFLICT clause, for rows that may be there. */
  readonly conflict?: string;
};

export type InsertedValue = string | number | boolean | Date | null;

/** What a transaction of prepared statements consists of. */
export type StatementTransaction = {
  /** The rows of a SELECT, or of an UPDATE or DELETE with RETURNING. */
  run<Row>(sql: string, parameters: readonly (string | number | null)[]): Promise<readonly Row[]>;
  /** Adds rows and gives how many were written. */
  insert(table: InsertedTable, rows: readonly (readonly InsertedValue[])[]): Promise<number>;
};

/** A row as a prepared read gives it: times as the database keeps them. */
export type Stored<Model, Times extends keyof Model> = Omit<Model, Times> & {
  readonly [Time in Times]: string | Date | (null extends Model[Time] ? null : never);
};

/** A time that may be missing, from a row. */
export function toTime(stored: string | Date | null): Date | null {
  return stored === null ? null : new Date(stored);
}

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
  /** A column of bytes as text, two digits a byte. */
  hex(column: string): string;
  /** Adds rows, all or none; durable when it resolves. Never inside a transaction. */
  insert(table: InsertedTable, rows: readonly (readonly InsertedValue[])[]): Promise<void>;
  /**
   * All or nothing, durable when it resolves. The work awaits nothing but its statements (on SQLite every other prepared
   * statement waits for it) and keeps nothing outside of them: where the store undoes it, `Database` does it again.
   */
  transact<Result>(work: (transaction: StatementTransaction) => Promise<Result>): Promise<Result>;
  /** True for the failure of a statement because the store cannot be reached, is locked, or cannot be used just now. */
  isAway(error: unknown): boolean;
  /** How many connections are in use, and how many statements wait for one. */
  load(): StoreLoad;
  close(): Promise<void>;
};

/** An INSERT of what is between its columns and its end: values, or a SELECT. */
export function insertInto({ name, columns, conflict = "" }: InsertedTable, values: string): string {
  return `INSERT INTO ${quoteName(name)} (${columns.map((column) => quoteName(column.name)).join(", ")}) ${values} ${conflict}`;
}

/** PostgreSQL's names of the types. */
export const POSTGRESQL_TYPES = { TEXT: "text", INTEGER: "integer", BOOLEAN: "boolean", TIME: "timestamp" } as const;

/** A value as PostgreSQL's driver takes it, which would write a time in the zone of its process. */
export function toPostgresql(value: InsertedValue): string | number | boolean | null {
  return value instanceof Date ? value.toISOString().replace("Z", "") : value;
}

/** A value as SQLite's driver takes it; `textOf` writes its times. */
export function toSqlite(value: InsertedValue, textOf: (time: Date) => string = timeText): string | number | null {
  if (typeof value === "boolean") return Number(value);
  return value instanceof Date ? textOf(value) : value;
}
