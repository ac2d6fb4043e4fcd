import type { Database, Transaction } from "./database.ts";
import { quoteName } from "./quote-name.ts";
import { type ColumnKind, columnKindOf, type PortableValue, toParameter } from "./stored-value.ts";

type TargetColumn = { readonly kind: ColumnKind; readonly type: string };

/** Puts rows of a snapshot into the store's tables, inside one transaction that nobody sees before it ends. */
export type TableLoader = {
  /** Deletes all rows of the tables. */
  clear(tables: readonly string[]): Promise<void>;
  insert(table: string, columns: readonly string[], rows: readonly (readonly PortableValue[])[]): Promise<void>;
};

/** How long a whole restore may take, in milliseconds. */
const LONGEST_MS = 3_600_000;

/** SQLite's oldest limit of parameters in one statement. */
const MOST_PARAMETERS = 900;

/**
 * Runs `work` with a loader, all or nothing; foreign keys are checked at its end. Other writers wait, or get UNAVAILABLE.
 * @throws {Error} when a table or column is not there, or a row refers to one that is not
 */
export function loadTables(
  { provider, transaction: begin }: Database,
  work: (loader: TableLoader, transaction: Transaction) => Promise<void>,
): Promise<void> {
  const run = provider === "sqlite" ? loadIntoSqlite : loadIntoPostgresql;
  return begin((transaction) => run(transaction, work), { maxWait: 30_000, timeout: LONGEST_MS });
}

type Work = Parameters<typeof loadTables>[1];

async function loadIntoSqlite(transaction: Transaction, work: Work): Promise<void> {
  // Rows come by table, not by who refers to whom; what is still broken at the end keeps the transaction from ending.
  await transaction.$executeRawUnsafe("PRAGMA defer_foreign_keys = ON");
  const columnsOf = async (table: string) => {
    const rows = await transaction.$queryRawUnsafe<{ name: string; type: string }[]>(`PRAGMA table_info(${quoteName(table)})`);
    return new Map(rows.map(({ name, type }) => [name, { kind: columnKindOf(type), type: "" }]));
  };
  await work(createLoader(transaction, "sqlite", columnsOf), transaction);
}

async function loadIntoPostgresql(transaction: Transaction, work: Work): Promise<void> {
  const columnsOf = async (table: string) => {
    const rows = await transaction.$queryRawUnsafe<{ name: string; type: string }[]>(
      `SELECT attname::text AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
       WHERE attrelid = to_regclass(quote_ident($1)) AND attnum > 0 AND NOT attisdropped`,
      table,
    );
    return new Map(rows.map(({ name, type }) => [name, { kind: columnKindOf(type), type }]));
  };
  const constraints = await transaction.$queryRawUnsafe<{ table: string; name: string; definition: string }[]>(
    `SELECT conrelid::regclass::text AS "table", quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
     FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace`,
  );
  for (const { table, name } of constraints) await transaction.$executeRawUnsafe(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  await work(createLoader(transaction, "postgresql", columnsOf), transaction);
  for (const { table, name, definition } of constraints) {
    await transaction.$executeRawUnsafe(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
  }
}

function createLoader(
  transaction: Transaction,
  provider: Database["provider"],
  columnsOf: (table: string) => Promise<ReadonlyMap<string, TargetColumn>>,
): TableLoader {
  const known = new Map<string, ReadonlyMap<string, TargetColumn>>();
  const requireColumns = async (table: string, names: readonly string[]): Promise<readonly TargetColumn[]> => {
    const columns = known.get(table) ?? (await columnsOf(table));
    known.set(table, columns);
    return names.map((name) => {
      const column = columns.get(name);
      if (column === undefined) throw new Error(`This build has no column ${name} in a table ${table}.`);
      return column;
    });
  };
  return {
    clear: async (tables) => {
      for (const table of tables) await transaction.$executeRawUnsafe(`DELETE FROM ${quoteName(table)}`);
    },
    insert: async (table, names, rows) => {
      const columns = await requireColumns(table, names);
      const list = names.map(quoteName).join(", ");
      const perStatement = Math.max(1, Math.floor(MOST_PARAMETERS / names.length));
      for (let start = 0; start < rows.length; start += perStatement) {
        const some = rows.slice(start, start + perStatement);
        const parameters = some.flatMap((row) =>
          columns.map(({ kind }, place) => toParameter(provider, kind, row[place] ?? null)),
        );
        const values = some.map(
          (_, row) => `(${columns.map(({ type }, place) => slot(row * columns.length + place + 1, type)).join(", ")})`,
        );
        await transaction.$executeRawUnsafe(
          `INSERT INTO ${quoteName(table)} (${list}) VALUES ${values.join(", ")}`,
          ...parameters,
        );
      }
    },
  };
}

function slot(place: number, type: string): string {
  return type === "" ? "?" : `CAST($${place} AS ${type})`;
}
