import type { Database, Transaction } from "./database.ts";
import {
  type InsertedTable,
  type InsertedValue,
  insertInto,
  POSTGRESQL_TYPES,
  toPostgresql,
  toSqlite,
} from "./prepared-statements.ts";

/** Adds rows inside a transaction of the models' client, whose query builder takes four times as long for an audit event. */
export async function insertIn(
  provider: Database["provider"],
  transaction: Transaction,
  table: InsertedTable,
  rows: readonly (readonly InsertedValue[])[],
): Promise<void> {
  const isSqlite = provider === "sqlite";
  const slots = table.columns.map(({ type }, place) => (isSqlite ? "?" : `$${place + 1}::${POSTGRESQL_TYPES[type]}`));
  const sql = insertInto(table, `VALUES (${slots.join(", ")})`);
  for (const row of rows)
    await transaction.$executeRawUnsafe(sql, ...row.map((value) => (isSqlite ? toSqlite(value) : toPostgresql(value))));
}
