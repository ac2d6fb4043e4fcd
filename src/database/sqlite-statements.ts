import Sqlite from "better-sqlite3";
import type { Mutex } from "./mutex.ts";
import {
  type InsertedTable,
  type InsertedValue,
  insertInto,
  type PreparedStatements,
  type StatementTransaction,
  toSqlite,
} from "./prepared-statements.ts";
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

/** Values as the driver takes them. Rows that are written together share most of their times, whose texts are made once. */
function createToValue() {
  const texts = new Map<number, string>();
  const textOf = (time: Date): string => {
    const text = texts.get(time.getTime()) ?? timeText(time);
    texts.set(time.getTime(), text);
    return text;
  };
  return (value: InsertedValue) => toSqlite(value, textOf);
}

function createInserts(connection: Sqlite.Database) {
  const inserts = new Map<InsertedTable, (rows: readonly (readonly InsertedValue[])[]) => number>();
  return (table: InsertedTable) => {
    const known = inserts.get(table);
    if (known !== undefined) return known;
    const statement = connection.prepare(insertInto(table, `VALUES (${table.columns.map(() => "?").join(", ")})`));
    const insert = (rows: readonly (readonly InsertedValue[])[]) => {
      const toValue = createToValue();
      return rows.reduce((written, row) => written + statement.run(row.map(toValue)).changes, 0);
    };
    inserts.set(table, insert);
    return insert;
  };
}

/** Runs work between BEGIN and COMMIT, or ROLLBACK; prepared once, where the driver's own would make functions for each. */
function createTransact(connection: Sqlite.Database) {
  const [begin, commit, rollback] = ["BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"].map((sql) => connection.prepare(sql));
  return async <Result>(work: () => Result | Promise<Result>): Promise<Result> => {
    begin?.run();
    try {
      const done = work();
      // What is over at once is committed at once: no read can stand inside of it.
      const result = done instanceof Promise ? await done : done;
      commit?.run();
      return result;
    } finally {
      if (connection.inTransaction) rollback?.run();
    }
  };
}

const noResult = () => {};

/**
 * Prepared statements on a connection of their own, opened when the file is there. Reads and writes go by the same one: its
 * pages stay in its memory, where another connection's write would make it read all of them again. An insert is over when
 * the event loop goes on, so no read ever stands inside of one; it waits for its turn among all that this process writes.
 */
export async function openSqliteStatements(file: string, inTurn: Mutex["run"]): Promise<PreparedStatements> {
  const connection = new Sqlite(file, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  await setPragmas((pragma) => connection.pragma(pragma, { simple: true }));
  const readingOf = createReadings(connection);
  const insertionOf = createInserts(connection);
  const run = async <Row>(sql: string, parameters: readonly (string | number | null)[]) => {
    const { statement, names } = readingOf(sql);
    return (statement.all(...parameters) as unknown[][]).map((values) => toRow(names, values) as Row);
  };
  const transact = createTransact(connection);
  const transaction: StatementTransaction = { run, insert: async (table, rows) => insertionOf(table)(rows) };
  let current: Promise<unknown> | null = null;
  return {
    select: async (sql, parameters) => {
      // What a transaction on this connection has not committed is not to be read.
      while (current !== null) await current;
      return run(sql, parameters);
    },
    inList: (parameter) => `IN (SELECT "value" FROM json_each(${parameter}))`,
    hex: (column) => `hex(${column})`,
    insert: (table, rows) => inTurn(() => transact(() => insertionOf(table)(rows))).then(noResult),
    transact: (work) =>
      inTurn(() => {
        const running = transact(() => work(transaction));
        current = running.then(noResult, noResult);
        return running.finally(() => {
          current = null;
        });
      }),
    isAway: isStoreFailure,
    // A read is over before anybody could look, and an insert counts in the queue.
    load: () => ({ inUse: 0, waiting: 0 }),
    close: async () => {
      connection.close();
    },
  };
}
