import Sqlite from "better-sqlite3";
import pg from "pg";
import { quoteName } from "./quote-name.ts";

/*
 * Stores of other systems, opened to be read and never to be written: the driver itself refuses a write, so that no mistake
 * in a query can change what is moved from. Each is read as it stood at one moment, in batches.
 */

export type SourceRow = Readonly<Record<string, unknown>>;

export type ImportSource = {
  /** The names of a table's or view's columns; none when it is not there. */
  columns(table: string): Promise<readonly string[]>;
  /** What a SELECT finds, a batch in memory at a time; one reading ends before the next begins. */
  rows(select: string): AsyncIterable<SourceRow>;
  close(): Promise<void>;
};

/** A source that cannot be opened or read. The message names no value of a row. */
export class ImportSourceError extends Error {
  override readonly name = "ImportSourceError";
}

const BATCH_ROWS = 500;
const CONNECT_MS = 10_000;

/** Opens a PostgreSQL URL or a SQLite file, whichever the text is. @throws {ImportSourceError} */
export function openSource(source: string): Promise<ImportSource> {
  return isPostgresqlUrl(source) ? openPostgresqlSource(source) : openSqliteSource(source);
}

/** True for what names a PostgreSQL database; everything else is a SQLite file's path. */
export function isPostgresqlUrl(source: string): boolean {
  return /^postgres(ql)?:\/\//.test(source);
}

function refuse(error: unknown): ImportSourceError {
  // Node gives an address that answers on none of its families an error without a message.
  const { message, code } = error as { readonly message?: string; readonly code?: string };
  return new ImportSourceError(`The source cannot be read: ${message || code || "no reason was given"}`);
}

/** A SQLite file, opened for reading alone. @throws {ImportSourceError} */
async function openSqliteSource(file: string): Promise<ImportSource> {
  let db: Sqlite.Database | undefined;
  try {
    db = new Sqlite(file, { readonly: true, fileMustExist: true });
    // One read transaction: the old system may still write, and users and their keys must fit together.
    db.exec("BEGIN");
    db.prepare("SELECT count(*) FROM sqlite_schema").get();
  } catch (error) {
    db?.close();
    throw refuse(error);
  }
  const opened = db;
  return {
    columns: async (table) =>
      opened
        .prepare<[string], { name: string }>("SELECT name FROM pragma_table_info(?)")
        .all(table)
        .map(({ name }) => name),
    rows: (select) => readSqlite(opened, select),
    close: async () => void opened.close(),
  };
}

async function* readSqlite(db: Sqlite.Database, select: string): AsyncGenerator<SourceRow> {
  try {
    for (const row of db.prepare<[], SourceRow>(select).iterate()) yield row;
  } catch (error) {
    throw refuse(error);
  }
}

/** A PostgreSQL database, in one read-only transaction. @throws {ImportSourceError} */
async function openPostgresqlSource(url: string): Promise<ImportSource> {
  let client: pg.Client;
  try {
    client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  } catch {
    // The parser's own error may quote the URL, and a password in it.
    throw new ImportSourceError("The source cannot be read: it is no URL of a PostgreSQL database.");
  }
  // A connection that breaks between two queries is told of here; the next query says so to whoever reads.
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await client.query("SET LOCAL idle_in_transaction_session_timeout = 0");
  } catch (error) {
    await client.end().catch(() => undefined);
    throw refuse(error);
  }
  return {
    columns: (table) => readColumns(client, table),
    rows: (select) => readPostgresql(client, select),
    close: () => client.end(),
  };
}

async function readColumns(client: pg.Client, table: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [quoteName(table)],
  );
  return rows.map(({ name }) => name);
}

async function* readPostgresql(client: pg.Client, select: string): AsyncGenerator<SourceRow> {
  try {
    await client.query(`DECLARE moving_in NO SCROLL CURSOR FOR ${select}`);
    for (;;) {
      const { rows } = await client.query<SourceRow>(`FETCH ${BATCH_ROWS} FROM moving_in`);
      yield* rows;
      if (rows.length < BATCH_ROWS) return;
    }
  } catch (error) {
    throw refuse(error);
  } finally {
    await client.query("CLOSE moving_in").catch(() => undefined);
  }
}
