import pg from "pg";
import { loadOf } from "./postgresql-adapter.ts";
import {
  type InsertedTable,
  type InsertedValue,
  insertInto,
  POSTGRESQL_TYPES,
  type PreparedStatements,
  type StatementTransaction,
  toPostgresql,
} from "./prepared-statements.ts";
import { isStoreFailure } from "./store-failures.ts";

/** Connections for prepared statements; each is free again within a millisecond or so. */
const MOST_CONNECTIONS = 5;

/** PostgreSQL's number of the type of a time without a zone, which is UTC here; the driver would take it for the process's zone. */
const TIMESTAMP = 1114;

/** What PostgreSQL says of a statement whose columns are others since it was prepared: a newer node has migrated the store. */
const OUTDATED = "0A000";

const types: pg.CustomTypesConfig = {
  getTypeParser: (id: number, format?: "text" | "binary") =>
    id === TIMESTAMP ? (text: string) => new Date(`${text.replace(" ", "T")}Z`) : pg.types.getTypeParser(id, format as "text"),
};

/** One array a column: the same statement whatever the number of rows. */
function insertOf(table: InsertedTable): string {
  const arrays = table.columns.map(({ type }, place) => `$${place + 1}::${POSTGRESQL_TYPES[type]}[]`).join(", ");
  return insertInto(table, `SELECT * FROM unnest(${arrays})`);
}

function valuesOf({ columns }: InsertedTable, rows: readonly (readonly InsertedValue[])[]) {
  return columns.map((_, place) => rows.map((row) => toPostgresql(row[place] ?? null)));
}

/** Work on one connection between BEGIN and COMMIT; a connection that does not take a ROLLBACK, or is cut, is given up. */
async function inTransaction<Result>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let unusable: Error | undefined;
  const giveUp = (failure: Error) => {
    unusable = failure;
  };
  // Of a server that ends between two statements nobody else hears, and an unheard error would end the process.
  client.on("error", giveUp);
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(giveUp);
    throw error;
  } finally {
    client.off("error", giveUp);
    client.release(unusable);
  }
}

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
  let named = 0;
  const nameAnew = (sql: string): string => {
    const name = `postern_${named++}`;
    names.set(sql, name);
    return name;
  };
  const nameOf = (sql: string): string => names.get(sql) ?? nameAnew(sql);
  const prepare = (text: string, values: readonly unknown[]) => ({
    text,
    values: [...values],
    ...(!isPooled && { name: nameOf(text) }),
  });
  const statementsOf = (client: pg.Pool | pg.PoolClient): StatementTransaction => ({
    run: async <Row>(sql: string, parameters: readonly (string | number | null)[]) =>
      (await client.query(prepare(sql, parameters))).rows as Row[],
    insert: async (table, rows) => {
      const { rowCount } = await client.query(prepare(insertOf(table), valuesOf(table, rows)));
      return rowCount ?? 0;
    },
  });
  const outside = statementsOf(pool);
  return {
    select: async (sql, parameters) => {
      try {
        return await outside.run(sql, parameters);
      } catch (error) {
        if (!(error instanceof pg.DatabaseError) || error.code !== OUTDATED) throw error;
        nameAnew(sql);
        return outside.run(sql, parameters);
      }
    },
    inList: (parameter) => `IN (SELECT jsonb_array_elements_text(${parameter}::jsonb))`,
    hex: (column) => `encode(${column}, 'hex')`,
    insert: async (table, rows) => {
      await outside.insert(table, rows);
    },
    transact: (work) => inTransaction(pool, (client) => work(statementsOf(client))),
    // What the server does not say of a statement is a connection that was not made, or was cut.
    isAway: (error) => !(error instanceof pg.DatabaseError) || isStoreFailure(error),
    load: () => loadOf(pool),
    close: async () => {
      if (!pool.ending) await pool.end();
    },
  };
}
