import Sqlite from "better-sqlite3";
import pg from "pg";
import type { Config } from "../config.ts";
import { sqliteFile } from "./database.ts";
import { quoteName } from "./quote-name.ts";
import { type ColumnKind, columnKindOf, fromPostgresql, fromSqlite, type PortableValue } from "./stored-value.ts";

export type SnapshotColumn = { readonly name: string; readonly kind: ColumnKind };
export type SnapshotTable = { readonly name: string; readonly columns: readonly SnapshotColumn[] };

/** All tables at one point in time, while others go on writing. */
export type TableSnapshot = {
  /** By name, without the bookkeeping of migrations. */
  readonly tables: readonly SnapshotTable[];
  /** The table's rows, each in the order of its columns; never more than a few hundred are in memory. */
  rows(table: SnapshotTable): AsyncIterable<readonly PortableValue[]>;
  close(): Promise<void>;
};

const BOOKKEEPING = /^(_prisma|sqlite_)/;
const FETCHED_ROWS = 200;

/** Opens a snapshot of the store that the configuration names; it must exist. */
export function openTableSnapshot(config: Pick<Config, "DATABASE_URL" | "DATA_DIR">): Promise<TableSnapshot> {
  return config.DATABASE_URL === undefined
    ? openSqliteSnapshot(sqliteFile(config.DATA_DIR))
    : openPostgresqlSnapshot(config.DATABASE_URL);
}

async function openSqliteSnapshot(file: string): Promise<TableSnapshot> {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
  db.defaultSafeIntegers(true);
  // In WAL mode a read transaction sees the store as it was at its first read, and holds up no writer.
  db.exec("BEGIN");
  const names = db.prepare<[], { name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
  const tables = names
    .filter(({ name }) => !BOOKKEEPING.test(name))
    .map(({ name }) => {
      const columns = db.pragma(`table_info(${quoteName(name)})`) as { name: string; type: string }[];
      return { name, columns: columns.map((column) => ({ name: column.name, kind: columnKindOf(column.type) })) };
    });
  return {
    tables,
    rows: async function* ({ name, columns }) {
      const list = columns.map((column) => quoteName(column.name)).join(", ");
      const statement = db.prepare<[], unknown[]>(`SELECT ${list} FROM ${quoteName(name)}`).raw();
      for (const row of statement.iterate()) yield row.map((cell, index) => fromSqlite(columns[index]?.kind ?? "TEXT", cell));
    },
    close: async () => {
      db.close();
    },
  };
}

const TEXT_ONLY = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig;

async function openPostgresqlSnapshot(url: string): Promise<TableSnapshot> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // One snapshot for all that follows, which other transactions' commits do not change.
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  await client.query("SET LOCAL bytea_output = 'hex'; SET LOCAL datestyle = 'ISO'; SET LOCAL timezone = 'UTC'");
  const { rows: found } = await client.query<{ table: string; column: string; type: string }>(
    `SELECT c.relname AS "table", a.attname AS "column", format_type(a.atttypid, a.atttypmod) AS "type"
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname COLLATE "C", a.attnum`,
  );
  const names = [...new Set(found.map(({ table }) => table))].filter((name) => !BOOKKEEPING.test(name));
  const tables = names.map((name) => ({
    name,
    columns: found.filter(({ table }) => table === name).map(({ column, type }) => ({ name: column, kind: columnKindOf(type) })),
  }));
  return {
    tables,
    rows: async function* ({ name, columns }) {
      const list = columns.map((column) => quoteName(column.name)).join(", ");
      await client.query(`DECLARE snapshot_rows NO SCROLL CURSOR FOR SELECT ${list} FROM ${quoteName(name)}`);
      for (;;) {
        const text = `FETCH ${FETCHED_ROWS} FROM snapshot_rows`;
        const { rows } = await client.query<(string | null)[]>({ text, rowMode: "array", types: TEXT_ONLY });
        for (const row of rows) yield row.map((cell, index) => fromPostgresql(columns[index]?.kind ?? "TEXT", cell));
        if (rows.length < FETCHED_ROWS) break;
      }
      await client.query("CLOSE snapshot_rows");
    },
    close: () => client.end(),
  };
}
