import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import path from "node:path";
import type { SqlDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import type { Config } from "../config.ts";
import { GatewayError } from "../errors.ts";
import { type Prisma, PrismaClient } from "./generated/sqlite/client.ts";
import {
  type AppliedMigration,
  isPostgresqlMigrated,
  MigrationError,
  migratePostgresql,
  migrateSqlite,
  migrationsFolder,
  pendingMigrations,
  readMigrations,
} from "./migrations.ts";
import type { InsertedTable, InsertedValue, PreparedStatements } from "./prepared-statements.ts";
import { SqliteDriver } from "./sqlite-adapter.ts";
import { openSqliteStatements } from "./sqlite-statements.ts";
import { driverCodeOf, isStoreFailure } from "./store-failures.ts";
import { type StatementTracer, traceDriver } from "./traced-driver.ts";
import { insertIn } from "./transaction-inserts.ts";
import { createTransactions, type TransactionLimits, untilUndisturbed } from "./transactions.ts";

/** What a repository works on inside a transaction, or outside of one: the models' delegates. */
export type Transaction = Prisma.TransactionClient;

/**
 * The store. The PostgreSQL client's types only add to SQLite's, so the program is written against SQLite's, and what
 * compiles runs on both.
 */
export type Database = {
  readonly provider: "sqlite" | "postgresql";
  readonly client: PrismaClient;
  /** All or nothing; keep it short, on SQLite no other write happens meanwhile. */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>, limits?: TransactionLimits): Promise<Result>;
  /**
   * Tells, once the transaction is over, whether it was committed; false also when nobody knows. Only within one that
   * `transaction` began.
   */
  onEnd(transaction: Transaction, listener: (isCommitted: boolean) => void): void;
  /** For the few reads and inserts of hot paths; see `PreparedStatements`. */
  readonly select: PreparedStatements["select"];
  readonly inList: PreparedStatements["inList"];
  readonly hex: PreparedStatements["hex"];
  readonly insert: PreparedStatements["insert"];
  /** The same inside a transaction that `transaction` began. */
  insertIn(transaction: Transaction, table: InsertedTable, rows: readonly (readonly InsertedValue[])[]): Promise<void>;
  readonly transact: PreparedStatements["transact"];
  /**
   * Wipes from the disk what was deleted before, as far as the store allows. SQLite keeps old pages in its log until the
   * log is truncated; while a reader holds it, `isPending` stays true and the next call tries again. PostgreSQL keeps
   * deleted rows until its own vacuum.
   */
  shred(): Promise<{ readonly isPending: boolean }>;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
  /** Rejects with a `MigrationError` when the store is not as this build left it: another one has migrated it since. */
  checkMigrations(): Promise<void>;
  /** How many connections or writers are in use, and how much waits for one. */
  load(): StoreLoad;
  close(): Promise<void>;
};

/** What is under way at the store, from this process. */
export type StoreLoad = { readonly inUse: number; readonly waiting: number };

/** How long a transaction may wait for its turn and then last, in milliseconds. */
const TRANSACTION_LIMITS = { maxWait: 5_000, timeout: 15_000 };

/** Longest time that a transaction may be left alone, in milliseconds: longer than one may last. */
const IDLE_IN_TRANSACTION_MS = 20_000;

/** Longest wait for a connection to PostgreSQL, in milliseconds. */
const CONNECT_MS = 2_000;

export type DatabaseOptions = {
  /** Told of every statement that the models' client sends, without its text; watching costs a little. */
  readonly onQuery?: () => void;
  /**
   * Longest time for PostgreSQL to answer a statement, in milliseconds; then its connection is given up. Without limit when
   * left out, for commands that read or write whole tables.
   */
  readonly statementMs?: number;
  /** Runs every statement, whose text has its values apart. Nothing is traced when left out. */
  readonly trace?: StatementTracer | undefined;
};

/** Where a store is. */
export type DatabasePlace = Pick<Config, "DATABASE_URL" | "DATA_DIR"> & Partial<Pick<Config, "DATABASE_DIRECT_URL">>;

/** Whether the store that the configuration names is there. Opened, it would be made. */
export async function isStoreMade({ DATABASE_URL, DATABASE_DIRECT_URL, DATA_DIR }: DatabasePlace): Promise<boolean> {
  if (DATABASE_URL === undefined) return existsSync(sqliteFile(DATA_DIR));
  return isPostgresqlMigrated(DATABASE_DIRECT_URL ?? DATABASE_URL);
}

/** The file of a SQLite store. */
export function sqliteFile(folder: string): string {
  return path.join(folder, "app.db");
}

/** Opens the store that the configuration names, with pending migrations applied. */
export async function openDatabase(config: DatabasePlace, options: DatabaseOptions = {}): Promise<Database> {
  if (config.DATABASE_URL !== undefined) return openPostgresql(config.DATABASE_URL, config.DATABASE_DIRECT_URL, options);
  mkdirSync(config.DATA_DIR, { recursive: true, mode: 0o700 });
  return openSqlite(sqliteFile(config.DATA_DIR), options);
}

function tracedIfWanted<Driver extends SqlDriverAdapterFactory>(driver: Driver, { trace }: DatabaseOptions): Driver {
  return trace === undefined ? driver : traceDriver(driver, trace);
}

/** What both clients are made with. */
function clientOptions({ onQuery }: DatabaseOptions): Pick<Prisma.PrismaClientOptions, "errorFormat" | "log"> {
  // "minimal": otherwise every query captures a stack, which costs a sixth of the request.
  return { errorFormat: "minimal", ...(onQuery === undefined ? {} : { log: [{ emit: "event", level: "query" }] }) };
}

async function openSqlite(file: string, options: DatabaseOptions): Promise<Database> {
  // SQLite would let others read a file that it makes; its log and its index get the mode of the file.
  if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
  migrateSqlite(file);
  const adapter = new SqliteDriver({ url: file }, { timestampFormat: "iso8601" });
  const client = new PrismaClient({ ...clientOptions(options), adapter: tracedIfWanted(adapter, options) });
  await client.$connect();
  const statements = await openSqliteStatements(file, adapter.inTurn);
  return wrap("sqlite", { client, load: () => adapter.load() }, statements, options);
}

/** With `directUrl`, `url` leads to a pooler, which gives a connection for one transaction and knows nothing of sessions. */
async function openPostgresql(url: string, directUrl: string | undefined, options: DatabaseOptions): Promise<Database> {
  await migratePostgresql(directUrl ?? url);
  // Loaded where they are used: none is small.
  const [{ PrismaClient: PostgresqlClient }, { PostgresqlDriver }, { openPostgresqlStatements }] = await Promise.all([
    import("./generated/postgresql/client.ts"),
    import("./postgresql-adapter.ts"),
    import("./postgresql-statements.ts"),
  ]);
  const isPooled = directUrl !== undefined;
  const pool = {
    connectionTimeoutMillis: CONNECT_MS,
    ...(options.statementMs && { query_timeout: options.statementMs }),
    // A process that stands still within a transaction would keep its locks from all others.
    ...(options.statementMs && !isPooled && { idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS }),
  };
  const adapter = new PostgresqlDriver({ ...pool, connectionString: url });
  const client = new PostgresqlClient({ ...clientOptions(options), adapter: tracedIfWanted(adapter, options) });
  const models = { client: client as unknown as PrismaClient, load: () => adapter.load() };
  return wrap("postgresql", models, openPostgresqlStatements(url, pool, { isPooled }), options);
}

function wrap(
  provider: Database["provider"],
  { client, load }: { readonly client: PrismaClient; readonly load: () => StoreLoad },
  statements: PreparedStatements,
  { onQuery, trace }: DatabaseOptions,
): Database {
  if (onQuery !== undefined) (client as PrismaClient<"query">).$on("query", onQuery);
  const told = async <Result>(sql: string, statement: () => Promise<Result>): Promise<Result> => {
    onQuery?.();
    try {
      return await (trace === undefined ? statement() : trace(sql, statement));
    } catch (error) {
      throw statements.isAway(error) ? storeAway(error) : error;
    }
  };
  return {
    provider,
    client,
    select: <Row>(sql: string, parameters: readonly (string | number)[]) =>
      told(sql, () => statements.select<Row>(sql, parameters)),
    inList: statements.inList,
    hex: statements.hex,
    insert: (table: InsertedTable, rows: readonly (readonly InsertedValue[])[]) =>
      told(`INSERT INTO ${table.name}`, () => statements.insert(table, rows)),
    insertIn: (transaction, table, rows) => insertIn(provider, transaction, table, rows),
    transact: (work) =>
      untilUndisturbed(async () => {
        let isOwn = false;
        try {
          return await statements.transact(({ run, insert }) =>
            work({
              run: (sql, parameters) => told(sql, () => run(sql, parameters)),
              insert: (table, rows) => told(`INSERT INTO ${table.name}`, () => insert(table, rows)),
            }).catch((error: unknown) => {
              isOwn = true;
              throw error;
            }),
          );
        } catch (error) {
          // What the work threw was judged where it arose; the rest is a BEGIN or COMMIT that failed.
          throw !isOwn && statements.isAway(error) ? storeAway(error) : error;
        }
      }),
    shred: async () => {
      if (provider === "postgresql") return { isPending: false };
      const [row] = await client.$queryRaw<{ busy: unknown }[]>`PRAGMA wal_checkpoint(TRUNCATE)`;
      return { isPending: Number(row?.busy ?? 1) !== 0 };
    },
    ...createTransactions(client, TRANSACTION_LIMITS),
    ping: async () => {
      await client.$queryRaw`SELECT 1`;
    },
    checkMigrations: async () => {
      const rows = await client.$queryRaw<AppliedMigration[]>`SELECT * FROM "_prisma_migrations"`;
      const [pending] = pendingMigrations(readMigrations(migrationsFolder(provider)), rows);
      if (pending !== undefined) throw new MigrationError(`Migration ${pending.name} is not applied.`);
    },
    load: () => {
      const [models, prepared] = [load(), statements.load()];
      return { inUse: models.inUse + prepared.inUse, waiting: models.waiting + prepared.waiting };
    },
    close: async () => {
      await statements.close();
      await client.$disconnect();
    },
  };
}

function knownErrorCode(error: unknown): string | null {
  return error instanceof Error && error.name === "PrismaClientKnownRequestError" && "code" in error ? String(error.code) : null;
}

/** True when a write met a row with the same unique key. */
export function isUniqueViolation(error: unknown): boolean {
  return knownErrorCode(error) === "P2002";
}

/** True when a write builds on a row that is gone: somebody deleted it at the same time. */
function isOrphan(error: unknown): boolean {
  return knownErrorCode(error) === "P2003";
}

/** What PostgreSQL says of a text with a NUL, and of a time in a year that it does not have, which SQLite just does not find. */
const UNSTORABLE: ReadonlyMap<string, string> = new Map([
  ["22021", "A text in the request has a character that none can have."],
  ["22007", "A time in the request lies where none can be looked for."],
  ["22008", "A time in the request lies where none can be looked for."],
]);

/**
 * The error as the caller may see it: UNAVAILABLE when the store is away, BAD_USER_INPUT for a text or time that it cannot
 * look up or keep, CONFLICT for what would belong to nothing any more, unchanged otherwise.
 */
export function asStoreError(error: unknown): unknown {
  const unstorable = UNSTORABLE.get(driverCodeOf(error) ?? "");
  if (unstorable !== undefined) return new GatewayError("BAD_USER_INPUT", unstorable, { cause: error });
  if (isOrphan(error)) {
    return new GatewayError("CONFLICT", "What this belongs to was deleted at the same time.", { cause: error });
  }
  return isStoreFailure(error) ? storeAway(error) : error;
}

function storeAway(cause: unknown): GatewayError {
  return new GatewayError("UNAVAILABLE", "The store cannot be reached just now. Try again.", { cause, reason: "store" });
}
