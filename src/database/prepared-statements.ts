import Sqlite from "better-sqlite3";
import pg from "pg";
import type { StoreLoad } from "./database.ts";
import { loadOf } from "./postgresql-adapter.ts";
import { isStoreFailure } from "./store-failures.ts";

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
function insertInto({ name, columns }: InsertedTable): string {
  return `INSERT INTO ${quote(name)} (${columns.map((column) => quote(column.name)).join(", ")})`;
}

function createStatements(connection: Sqlite.Database) {
  const statements = new Map<string, Sqlite.Statement>();
  return (sql: string): Sqlite.Statement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = connection.prepare(sql.replace(/\$\d+/g, "?"));
    statements.set(sql, statement);
    return statement;
  };
}

/** Runs a statement that writes, in its turn. */
export type Write = (sql: string, values: readonly InsertedValue[]) => Promise<void>;

/**
 * Reads on a connection of their own, which cannot write. Inserts by the one that all writes of this process share: another
 * would meet the lock of the transaction that this one has open.
 */
export function openSqliteStatements(file: string, busyTimeoutMs: number, write: Write): PreparedStatements {
  const reader = new Sqlite(file, { readonly: true, timeout: busyTimeoutMs });
  const prepared = createStatements(reader);
  return {
    select: async <Row>(sql: string, parameters: readonly (string | number)[]) => prepared(sql).all(...parameters) as Row[],
    inList: (parameter) => `IN (SELECT "value" FROM json_each(${parameter}))`,
    insert: async (table, rows) => {
      const places = `(${table.columns.map(() => "?").join(", ")})`;
      await write(`${insertInto(table)} VALUES ${rows.map(() => places).join(", ")}`, rows.flat());
    },
    isAway: isStoreFailure,
    // A read is over before anybody could look, and an insert counts in the queue.
    load: () => ({ inUse: 0, waiting: 0 }),
    close: async () => {
      reader.close();
    },
  };
}

/** Connections for prepared statements; each is free again within a millisecond or so. */
const MOST_CONNECTIONS = 5;

const POSTGRESQL_TYPES = { TEXT: "text", INTEGER: "integer", TIME: "timestamp" } as const;

/** A driver would write a time in the zone of its process. */
function toPostgresql(value: InsertedValue): string | number | null {
  return value instanceof Date ? value.toISOString().replace("Z", "") : value;
}

/** PostgreSQL's number of the type of a time without a zone, which is UTC here; the driver would take it for the process's zone. */
const TIMESTAMP = 1114;

const types: pg.CustomTypesConfig = {
  getTypeParser: (id: number, format?: "text" | "binary") =>
    id === TIMESTAMP ? (text: string) => new Date(`${text.replace(" ", "T")}Z`) : pg.types.getTypeParser(id, format as "text"),
};

/**
 * On connections of their own, by named statements, each prepared once on each; behind a pooler without names, since the
 * next statement may come to another server process.
 */
export function openPostgresqlStatements(
  url: string,
  options: pg.PoolConfig,
  { isPooled = false }: { readonly isPooled?: boolean } = {},
): PreparedStatements {
  const pool = new pg.Pool({ ...options, connectionString: url, max: MOST_CONNECTIONS, types });
  // A resting connection that the server ends is replaced by the pool; without a listener it would end the process.
  pool.on("error", () => {});
  const names = new Map<string, string>();
  const nameOf = (sql: string): string => {
    const name = names.get(sql) ?? `postern_${names.size}`;
    names.set(sql, name);
    return name;
  };
  const run = (text: string, values: readonly unknown[]) =>
    pool.query({ text, values: [...values], ...(!isPooled && { name: nameOf(text) }) });
  return {
    select: async <Row>(sql: string, parameters: readonly (string | number)[]) => (await run(sql, parameters)).rows as Row[],
    inList: (parameter) => `IN (SELECT jsonb_array_elements_text(${parameter}::jsonb))`,
    insert: async (table, rows) => {
      // One array a column: the same statement whatever the number of rows.
      const arrays = table.columns.map(({ type }, place) => `$${place + 1}::${POSTGRESQL_TYPES[type]}[]`).join(", ");
      const values = table.columns.map((_, place) => rows.map((row) => toPostgresql(row[place] ?? null)));
      await run(`${insertInto(table)} SELECT * FROM unnest(${arrays})`, values);
    },
    // What the server does not say of a statement is a connection that was not made, or was cut.
    isAway: (error) => !(error instanceof pg.DatabaseError) || isStoreFailure(error),
    load: () => loadOf(pool),
    close: async () => {
      if (!pool.ending) await pool.end();
    },
  };
}
