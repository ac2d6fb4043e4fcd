import Sqlite from "better-sqlite3";
import { type InsertedTable, type InsertedValue, insertInto, type PreparedStatements } from "./prepared-statements.ts";
import type { Queue } from "./queue.ts";
import { BUSY_TIMEOUT_MS, setPragmas } from "./sqlite-pragmas.ts";
import { isStoreFailure } from "./store-failures.ts";
import { timeText } from "./time-text.ts";

type Reading = { readonly statement: Sqlite.Statement; readonly names: readonly string[] };

function createReadings(connection: Sqlite.Database) {
  const readings = new Map<string, Reading>();
  return (sql: string): Reading => {
    const known = readings.get(sql);
    if (known !== undefined) return known;
    const statement = connection.prepare(sql.replace(/\$\d+/g, "?")).raw();
    const reading = { statement, names: statement.columns().map(({ name }) => name) };
    readings.set(sql, reading);
    return reading;
  };
}

/** The row by its columns' names, which the driver would make anew for every row. */
function toRow(names: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (let column = 0; column < names.length; column += 1) row[names[column] as string] = values[column];
  return row;
}

function createInserts(connection: Sqlite.Database) {
  const inserts = new Map<InsertedTable, (rows: readonly (readonly InsertedValue[])[]) => void>();
  return (table: InsertedTable) => {
    const known = inserts.get(table);
    if (known !== undefined) return known;
    const statement = connection.prepare(`${insertInto(table)} VALUES (${table.columns.map(() => "?").join(", ")})`);
    const toValue = (value: InsertedValue) => (value instanceof Date ? timeText(value) : value);
    const insert = connection.transaction((rows: readonly (readonly InsertedValue[])[]) => {
      for (const row of rows) statement.run(row.map(toValue));
    }).immediate;
    inserts.set(table, insert);
    return insert;
  };
}

/**
 * Prepared statements on a connection of their own, opened when the file is there. Reads and writes go by the same one: its
 * pages stay in its memory, where another connection's write would make it read all of them again. An insert is over when
 * the event loop goes on, so no read ever stands inside of one; it waits for its turn among all that this process writes.
 */
export async function openSqliteStatements(file: string, inTurn: Queue["run"]): Promise<PreparedStatements> {
  const connection = new Sqlite(file, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  await setPragmas((pragma) => connection.pragma(pragma, { simple: true }));
  const readingOf = createReadings(connection);
  const insertionOf = createInserts(connection);
  return {
    select: async <Row>(sql: string, parameters: readonly (string | number)[]) => {
      const { statement, names } = readingOf(sql);
      return (statement.all(...parameters) as unknown[][]).map((values) => toRow(names, values) as Row);
    },
    inList: (parameter) => `IN (SELECT "value" FROM json_each(${parameter}))`,
    insert: (table, rows) => inTurn(async () => insertionOf(table)(rows)),
    isAway: isStoreFailure,
    // A read is over before anybody could look, and an insert counts in the queue.
    load: () => ({ inUse: 0, waiting: 0 }),
    close: async () => {
      connection.close();
    },
  };
}
