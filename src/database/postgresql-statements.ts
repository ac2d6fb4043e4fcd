import pg from "pg";
import { loadOf } from "./postgresql-adapter.ts";
import { type InsertedValue, insertInto, type PreparedStatements } from "./prepared-statements.ts";
import { isStoreFailure } from "./store-failures.ts";

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
