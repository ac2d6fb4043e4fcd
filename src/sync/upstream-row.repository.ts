import type { Database, Transaction } from "../database/database.ts";
import { Prisma } from "../database/generated/sqlite/client.ts";
import { timeText } from "../database/time-text.ts";
import { type IdPrefix, makeId } from "../identifiers.ts";
import { BY_ID, type RowOrder, type RowPlace } from "./row-order.ts";
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

type ColumnType = "text" | "integer" | "boolean" | "timestamp(3)";

/** Rows by their upstream ids, as the models' delegates take it. */
export type RowQuery = { readonly where: { credentialId: string; upstreamId: { in: number[] } } };

/** How one resource is stored. */
export type UpstreamTable<Row extends UpstreamRow, Stored extends StoredRow> = {
  readonly name: "Contact" | "Product";
  readonly idPrefix: IdPrefix;
  /** Columns beside those that all resources share. */
  readonly columns: Readonly<Record<string, ColumnType>>;
  readonly valuesOf: (row: Row) => Readonly<Record<string, ColumnValue>>;
  readonly nameOf: (row: Row) => string;
  /** Which of a row's texts `search` looks in. */
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

/** What every row of a statement brings, in this order, before the columns of its resource. */
const SHARED_COLUMNS: Readonly<Record<string, ColumnType>> = {
  id: "text",
  upstreamId: "integer",
  isActive: "boolean",
  upstreamUpdatedAt: "timestamp(3)",
  searchText: "text",
  sortName: "text",
};

const ID_CHUNK = 10_000;

export type UpsertCounts = { readonly created: number; readonly updated: number };

/** PostgreSQL's text knows neither NUL nor half of a surrogate pair; one such name must not stop a page for ever. */
function storable(value: ColumnValue): ColumnValue {
  return typeof value === "string" ? value.replaceAll("\0", "").replace(/\p{Surrogate}/gu, "\uFFFD") : value;
}

const quoted = (names: readonly string[], prefix = "") => names.map((name) => `${prefix}"${name}"`).join(", ");

/**
 * Rows that a sync brings, by credential and upstream id. A page is written in one statement: row by row, a
 * hundred thousand contacts would take minutes.
 */
export class UpstreamRowRepository<Row extends UpstreamRow, Stored extends StoredRow> implements StoredRows<Stored> {
  readonly #database: Database;
  readonly #table: UpstreamTable<Row, Stored>;
  readonly #columns: Readonly<Record<string, ColumnType>>;

  constructor(database: Database, table: UpstreamTable<Row, Stored>) {
    this.#database = database;
    this.#table = table;
    this.#columns = { ...SHARED_COLUMNS, ...table.columns };
  }

  /** Stores a page of rows with distinct ids. A row that is stored alike already counts as neither created nor updated. */
  async upsert(transaction: Transaction, credentialId: string, rows: readonly Row[], syncedAt: Date): Promise<UpsertCounts> {
    const records = rows.map((row) => this.#recordOf(row));
    const written = await transaction.$queryRaw<{ id: string }[]>(
      this.#upsertStatement(credentialId, timeText(syncedAt), JSON.stringify(records)),
    );
    // A row that was there keeps its id; one that comes back with the id made for it is new.
    const made = new Set(records.map(([id]) => id));
    const created = written.filter(({ id }) => made.has(id)).length;
    return { created, updated: written.length - created };
  }

  #upsertStatement(credentialId: string, syncedAt: string, json: string): Prisma.Sql {
    const { raw, sql } = Prisma;
    const isSqlite = this.#database.provider === "sqlite";
    const columns = Object.keys(this.#columns);
    const compared = columns.slice(2);
    const cast = (type: ColumnType) => (isSqlite ? "" : `::${type}`);
    const values = Object.values(this.#columns).map((type, index) => `(page.value ->> ${index})${cast(type)}`);
    const source = isSqlite ? sql`json_each(${json}) AS page` : sql`jsonb_array_elements(${json}::jsonb) AS page(value)`;
    const changes = [...compared, "syncedAt"].map((name) => `"${name}" = excluded."${name}"`);
    // "WHERE true" keeps SQLite from reading ON CONFLICT as a join's ON.
    return sql`INSERT INTO ${this.#name} (${raw(quoted(columns))}, "credentialId", "syncedAt")
      SELECT ${raw(values.join(", "))}, ${credentialId}, ${syncedAt}${raw(cast("timestamp(3)"))} FROM ${source} WHERE true
      ON CONFLICT ("credentialId", "upstreamId") DO UPDATE SET ${raw(changes.join(", "))}
      WHERE (${raw(quoted(compared, `"${this.#table.name}".`))}) IS DISTINCT FROM (${raw(quoted(compared, "excluded."))})
      RETURNING "id"`;
  }

  /** The values of a row in the order of the columns. */
  #recordOf(row: Row): readonly [string, ...ColumnValue[]] {
    const { idPrefix, columns, valuesOf, searchedOf, nameOf } = this.#table;
    const values = valuesOf(row);
    const own = Object.keys(columns).map((name) => storable(values[name] ?? null));
    const searchText = storable(searchTextOf(searchedOf(row)));
    const sortName = storable(sortNameOf(nameOf(row)));
    return [makeId(idPrefix), row.upstreamId, row.isActive, timeText(row.updatedAt), searchText, sortName, ...own];
  }

  /** Deletes rows by their upstream ids, at most a few thousand at a time, and gives how many there were. */
  async delete(transaction: Transaction, credentialId: string, upstreamIds: readonly number[]): Promise<number> {
    if (upstreamIds.length === 0) return 0;
    return transaction.$executeRaw`DELETE FROM ${this.#name} WHERE "credentialId" = ${credentialId}
      AND "upstreamId" IN (${Prisma.join([...upstreamIds])})`;
  }

  async count(credentialId: string, search: string | null = null): Promise<number> {
    const [row] = await this.#database.client.$queryRaw<{ count: number | bigint }[]>`
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
