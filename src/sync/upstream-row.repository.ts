import type { Database, Transaction } from "../database/database.ts";
import { Prisma } from "../database/generated/sqlite/client.ts";
import type { InsertedTable, InsertedValue, StatementTransaction } from "../database/prepared-statements.ts";
import { type IdPrefix, makeId } from "../identifiers.ts";
import { BY_ID, MAX_UPSTREAM_ID, type RowOrder, type RowPlace } from "./row-order.ts";
import { normalizeText, searchTextOf, sortNameOf } from "./search-text.ts";

/** What rows of every resource have in common, as connectors give them. */
export type UpstreamRow = { readonly upstreamId: number; readonly isActive: boolean; readonly updatedAt: Date };

/** What is stored of every resource. */
export type StoredRow = {
  readonly id: string;
  readonly credentialId: string;
  readonly upstreamId: number;
  readonly sortName: string;
  readonly upstreamUpdatedAt: Date;
};

export type ColumnValue = string | number | boolean | null;

type Columns = Readonly<Record<string, InsertedTable["columns"][number]["type"]>>;

/** Rows by their upstream ids, as the models' delegates take it. */
export type RowQuery = { readonly where: { credentialId: string; upstreamId: { in: number[] } } };

/** How one resource is stored. */
export type UpstreamTable<Row extends UpstreamRow, Stored extends StoredRow> = {
  readonly name: "Contact" | "Product";
  readonly idPrefix: IdPrefix;
  /** Columns beside those that all resources share. */
  readonly columns: Columns;
  readonly valuesOf: (row: Row) => Readonly<Record<string, ColumnValue>>;
  readonly nameOf: (row: Row) => string;
  /** Which of a row's texts `search` looks in, beside its name. */
  readonly searchedOf: (row: Row) => readonly (string | null)[];
  readonly findMany: (client: Transaction, query: RowQuery) => Promise<Stored[]>;
  readonly findById: (client: Transaction, id: string) => Promise<Stored | null>;
};

/** Where a page begins: after a place, or with the first row of the order. */
export type RowsFrom = { readonly order: RowOrder; readonly after: RowPlace | null };

/** Reading what is stored, whatever it is. */
export type StoredRows<Stored> = {
  /** Rows in an order after a place in it; where a search is given, those whose text contains it. */
  findPage(credentialId: string, search: string | null, take: number, from: RowsFrom): Promise<readonly Stored[]>;
  count(credentialId: string, search: string | null): Promise<number>;
  findById(id: string): Promise<Stored | null>;
};

/** What a row keeps for good. */
const KEY_COLUMNS: Columns = { id: "TEXT", credentialId: "TEXT", upstreamId: "INTEGER" };

/** What of a row of any resource can change, before the columns of its own. */
const SHARED_COLUMNS: Columns = { isActive: "BOOLEAN", upstreamUpdatedAt: "TIME", searchText: "TEXT", sortName: "TEXT" };

const ID_CHUNK = 10_000;

/** PostgreSQL gives a count as text. */
type CountRow = { readonly count: number | bigint | string };

export type UpsertCounts = { readonly created: number; readonly updated: number };

/** PostgreSQL's text knows neither NUL nor half of a surrogate pair; one such name must not stop a page for ever. */
function storable(value: ColumnValue): ColumnValue {
  return typeof value === "string" ? value.replaceAll("\0", "").toWellFormed() : value;
}

const quoted = (names: readonly string[], prefix = "") => names.map((name) => `${prefix}"${name}"`).join(", ");

/** The table with the way that a page is written to it: a row that is stored alike already is left as it is. */
function writtenTable(name: string, compared: Columns): InsertedTable {
  const changing = Object.keys(compared);
  const changes = [...changing, "syncedAt"].map((column) => `"${column}" = excluded."${column}"`);
  return {
    name,
    columns: Object.entries({ ...KEY_COLUMNS, syncedAt: "TIME" as const, ...compared }).map(([column, type]) => ({
      name: column,
      type,
    })),
    conflict: `ON CONFLICT ("credentialId", "upstreamId") DO UPDATE SET ${changes.join(", ")}
      WHERE (${quoted(changing, `"${name}".`)}) IS DISTINCT FROM (${quoted(changing, "excluded.")})`,
  };
}

/** Rows that a sync brings, by credential and upstream id. */
export class UpstreamRowRepository<Row extends UpstreamRow, Stored extends StoredRow> implements StoredRows<Stored> {
  readonly #database: Database;
  readonly #table: UpstreamTable<Row, Stored>;
  readonly #written: InsertedTable;

  constructor(database: Database, table: UpstreamTable<Row, Stored>) {
    this.#database = database;
    this.#table = table;
    this.#written = writtenTable(table.name, { ...SHARED_COLUMNS, ...table.columns });
  }

  /**
   * Stores a page of rows, in ascending order of distinct ids, while nobody else writes this credential's. A row that is
   * stored alike already counts as neither created nor updated.
   */
  async upsert(
    transaction: StatementTransaction,
    credentialId: string,
    rows: readonly Row[],
    syncedAt: Date,
  ): Promise<UpsertCounts> {
    const bounds = [rows[0]?.upstreamId ?? 0, rows.at(-1)?.upstreamId ?? 0] as const;
    const before = await this.#countBetween(transaction, credentialId, bounds);
    const records = rows.map((row) => this.#recordOf(row, credentialId, syncedAt));
    const written = await transaction.insert(this.#written, records);
    const created = (await this.#countBetween(transaction, credentialId, bounds)) - before;
    return { created, updated: written - created };
  }

  async #countBetween(
    transaction: StatementTransaction,
    credentialId: string,
    [first, last]: readonly [number, number],
  ): Promise<number> {
    const [row] = await transaction.run<CountRow>(
      `SELECT count(*) AS "count" FROM "${this.#table.name}" WHERE "credentialId" = $1 AND "upstreamId" BETWEEN $2 AND $3`,
      [credentialId, first, last],
    );
    return Number(row?.count ?? 0);
  }

  /** How many rows of a credential there are inside of a transaction; it reads all of their index. */
  countIn(transaction: StatementTransaction, credentialId: string): Promise<number> {
    return this.#countBetween(transaction, credentialId, [1, MAX_UPSTREAM_ID]);
  }

  /** The values of a row in the order of the columns. */
  #recordOf(row: Row, credentialId: string, syncedAt: Date): readonly InsertedValue[] {
    const { idPrefix, columns, valuesOf, searchedOf, nameOf } = this.#table;
    const values = valuesOf(row);
    const own = Object.keys(columns).map((name) => storable(values[name] ?? null));
    const name = normalizeText(nameOf(row));
    const searchText = storable(searchTextOf([name, ...searchedOf(row)]));
    const sortName = storable(sortNameOf(name));
    const key = [makeId(idPrefix), credentialId, row.upstreamId, syncedAt];
    return [...key, row.isActive, row.updatedAt, searchText, sortName, ...own];
  }

  /** Deletes rows by their upstream ids, at most a few thousand at a time, and gives how many there were. */
  async delete(transaction: StatementTransaction, credentialId: string, upstreamIds: readonly number[]): Promise<number> {
    const isSqlite = this.#database.provider === "sqlite";
    const ids = isSqlite ? `SELECT "value" FROM json_each($2)` : "SELECT jsonb_array_elements_text($2::jsonb)::integer";
    const deleted = await transaction.run(
      `DELETE FROM "${this.#table.name}" WHERE "credentialId" = $1 AND "upstreamId" IN (${ids}) RETURNING 1 AS "deleted"`,
      [credentialId, JSON.stringify(upstreamIds)],
    );
    return deleted.length;
  }

  async count(credentialId: string, search: string | null = null): Promise<number> {
    const { client, select } = this.#database;
    const [row] =
      search === null
        ? await select<CountRow>(`SELECT count(*) AS "count" FROM "${this.#table.name}" WHERE "credentialId" = $1`, [
            credentialId,
          ])
        : await client.$queryRaw<CountRow[]>`
            SELECT count(*) AS "count" FROM ${this.#name} WHERE "credentialId" = ${credentialId} AND ${this.#containing(search)}`;
    return Number(row?.count ?? 0);
  }

  /** The stored upstream ids after one, through another, ascending, in chunks. */
  async *storedIds(credentialId: string, afterId: number, throughId: number): AsyncGenerator<readonly number[]> {
    for (let after: number | undefined = afterId; after !== undefined; ) {
      const from = this.#within(BY_ID, { value: "", upstreamId: after });
      const ids: readonly number[] = await this.#findIds(credentialId, Prisma.sql`"upstreamId" <= ${throughId}`, ID_CHUNK, from);
      if (ids.length > 0) yield ids;
      after = ids.at(-1);
    }
  }

  async findPage(
    credentialId: string,
    search: string | null,
    take: number,
    { order, after }: RowsFrom = { order: BY_ID, after: null },
  ): Promise<readonly Stored[]> {
    const ids = await this.#findIds(credentialId, this.#containing(search), take, this.#within(order, after));
    const rows = await this.#table.findMany(this.#database.client, { where: { credentialId, upstreamId: { in: ids } } });
    const placeOf = new Map(ids.map((id, place) => [id, place]));
    return rows.sort((left, right) => (placeOf.get(left.upstreamId) ?? 0) - (placeOf.get(right.upstreamId) ?? 0));
  }

  findById(id: string): Promise<Stored | null> {
    return this.#table.findById(this.#database.client, id);
  }

  get #name(): Prisma.Sql {
    return Prisma.raw(`"${this.#table.name}"`);
  }

  /** A search for literal text, read from the indexes of the migration `row_search`: the text on SQLite, its trigrams on PostgreSQL. */
  #containing(search: string | null): Prisma.Sql {
    const text = search === null ? "" : normalizeText(search);
    if (text === "") return Prisma.sql`1 = 1`;
    if (this.#database.provider === "sqlite") return Prisma.sql`instr("searchText", ${text}) > 0`;
    // The operator that trigrams serve knows wildcards.
    return Prisma.sql`"searchText" LIKE ${`%${text.replace(/[\\%_]/g, "\\$&")}%`}`;
  }

  /** The rows after a place, and the order itself: by the columns of one index, so that no page sorts the others. */
  #within({ sort, direction }: RowOrder, after: RowPlace | null): { condition: Prisma.Sql; order: Prisma.Sql } {
    const { raw, sql } = Prisma;
    const column = { ID: null, NAME: "sortName", UPDATED: "upstreamUpdatedAt" }[sort];
    const columns = [...(column === null ? [] : [column]), "upstreamId"];
    const order = raw(columns.map((name) => `"${name}" ${direction}`).join(", "));
    if (after === null) return { condition: sql`1 = 1`, order };
    const comparison = raw(direction === "ASC" ? ">" : "<");
    const cast = raw(sort === "UPDATED" && this.#database.provider !== "sqlite" ? "::timestamp(3)" : "");
    const values = column === null ? sql`${after.upstreamId}` : sql`${after.value}${cast}, ${after.upstreamId}`;
    return { condition: sql`(${raw(quoted(columns))}) ${comparison} (${values})`, order };
  }

  async #findIds(
    credentialId: string,
    chosen: Prisma.Sql,
    take: number,
    { condition, order }: { readonly condition: Prisma.Sql; readonly order: Prisma.Sql },
  ): Promise<number[]> {
    const rows = await this.#database.client.$queryRaw<{ upstreamId: number }[]>`
      SELECT "upstreamId" FROM ${this.#name}
      WHERE "credentialId" = ${credentialId} AND ${condition} AND ${chosen}
      ORDER BY ${order} LIMIT ${take}`;
    return rows.map(({ upstreamId }) => upstreamId);
  }
}
