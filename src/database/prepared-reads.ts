import Sqlite from "better-sqlite3";
import pg from "pg";
import type { StoreLoad } from "./database.ts";
import { loadOf } from "./postgresql-adapter.ts";
import { isStoreFailure } from "./store-failures.ts";

/**
 * Reads by prepared statement, for the few queries that a hot path cannot afford Prisma's query builder for: it costs
 * ten times the read itself. A repository that uses one has a test that holds it equal to Prisma's answer.
 */
export type PreparedReads = {
  /**
   * The rows of a SELECT with `$1`, `$2`… in this order. Times come as the database keeps them (text on SQLite), bytes
   * as Buffers: the repository makes them its record.
   */
  select<Row>(sql: string, parameters: readonly (string | number)[]): Promise<readonly Row[]>;
  /** True for the failure of a read because the store cannot be reached, is locked or cannot be read just now. */
  isAway(error: unknown): boolean;
  /** How many connections are in use, and how many reads wait for one. */
  load(): StoreLoad;
  close(): Promise<void>;
};

/** Prepared reads on a connection of their own, which cannot write. */
export function openSqliteReads(file: string, busyTimeoutMs: number): PreparedReads {
  const connection = new Sqlite(file, { readonly: true, timeout: busyTimeoutMs });
  const statements = new Map<string, Sqlite.Statement>();
  const prepare = (sql: string): Sqlite.Statement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = connection.prepare(sql.replace(/\$\d+/g, "?"));
    statements.set(sql, statement);
    return statement;
  };
  return {
    select: async <Row>(sql: string, parameters: readonly (string | number)[]) => prepare(sql).all(...parameters) as Row[],
    isAway: isStoreFailure,
    // Such a read is over before anybody could look.
    load: () => ({ inUse: 0, waiting: 0 }),
    close: async () => {
      connection.close();
    },
  };
}

/** Connections for prepared reads; each is free again within a millisecond or so. */
const MOST_CONNECTIONS = 5;

/** Prepared reads on connections of their own, by named statements, each prepared once on each. */
export function openPostgresqlReads(url: string, options: pg.PoolConfig): PreparedReads {
  const pool = new pg.Pool({ ...options, connectionString: url, max: MOST_CONNECTIONS });
  // A resting connection that the server ends is replaced by the pool; without a listener it would end the process.
  pool.on("error", () => {});
  const names = new Map<string, string>();
  const nameOf = (sql: string): string => {
    const name = names.get(sql) ?? `postern_${names.size}`;
    names.set(sql, name);
    return name;
  };
  return {
    select: async <Row>(sql: string, parameters: readonly (string | number)[]) => {
      const { rows } = await pool.query({ name: nameOf(sql), text: sql, values: [...parameters] });
      return rows as Row[];
    },
    // What the server does not say of a statement is a connection that was not made, or was cut.
    isAway: (error) => !(error instanceof pg.DatabaseError) || isStoreFailure(error),
    load: () => loadOf(pool),
    close: async () => {
      if (!pool.ending) await pool.end();
    },
  };
}
