import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import type { IsolationLevel, SqlDriverAdapter, SqlQuery, Transaction } from "@prisma/driver-adapter-utils";
import type { StoreLoad } from "./database.ts";
import { createQueue } from "./queue.ts";

/*
 * Prisma's own adapter has one connection that requests share: while one is inside a transaction, another's write is
 * acknowledged and then vanishes with the first one's rollback. Here every write and transaction waits its turn on a
 * writer connection of its own, and plain reads go by a second connection that cannot write.
 */

/** Longest wait for another process's write lock, in milliseconds; better-sqlite3 blocks the event loop meanwhile. */
export const BUSY_TIMEOUT_MS = 250;

/**
 * `better-sqlite3` is compiled so that a file already in WAL mode re-opens with `synchronous = NORMAL`, which loses
 * acknowledged writes at a power cut. So each is set at every open, and read back.
 */
const PRAGMAS: readonly (readonly [name: string, value: string, readBack: string])[] = [
  ["busy_timeout", String(BUSY_TIMEOUT_MS), String(BUSY_TIMEOUT_MS)],
  ["journal_mode", "WAL", "wal"],
  ["synchronous", "FULL", "2"],
  ["foreign_keys", "ON", "1"],
  ["secure_delete", "ON", "1"],
  ["temp_store", "MEMORY", "2"],
  ["cache_size", "-65536", "-65536"],
];

async function setPragmas(connection: SqlDriverAdapter, pragmas: typeof PRAGMAS): Promise<void> {
  const query = (sql: string) => connection.queryRaw({ sql, args: [], argTypes: [] });
  for (const [name, value, expected] of pragmas) {
    await query(`PRAGMA ${name} = ${value}`);
    const found = String((await query(`PRAGMA ${name}`)).rows[0]?.[0]);
    if (found !== expected) throw new Error(`SQLite did not accept PRAGMA ${name} = ${value}: it is ${found}`);
  }
}

/** Prisma's SQLite driver with a reader and a writer connection and durable pragmas. */
export class SqliteDriver extends PrismaBetterSqlite3 {
  /** Of everything that writes to the file from this process. */
  readonly #writes = createQueue();
  #writer: SqlDriverAdapter | null = null;

  /** Runs a statement that writes when it is its turn: all of it or nothing. Once the client is connected. */
  async write(sql: string, args: readonly (string | number | Date | null)[]): Promise<void> {
    const writer = this.#writer;
    if (writer === null) throw new Error("The store is not open yet.");
    const argTypes = args.map(() => ({ scalarType: "unknown", arity: "scalar" }) as const);
    await this.#writes.run(() => writer.executeRaw({ sql, args: [...args], argTypes }));
  }

  /** The write under way, and those that wait for it. */
  load(): StoreLoad {
    const pending = this.#writes.pending();
    return { inUse: Math.min(pending, 1), waiting: Math.max(0, pending - 1) };
  }

  override async connect(): Promise<SqlDriverAdapter> {
    const writer = await super.connect();
    await setPragmas(writer, PRAGMAS);
    const reader = await super.connect();
    await setPragmas(reader, [...PRAGMAS, ["query_only", "ON", "1"]]);
    const queue = this.#writes;
    this.#writer = writer;

    return {
      provider: writer.provider,
      adapterName: writer.adapterName,
      queryRaw: (query: SqlQuery) =>
        /^\s*SELECT\b/i.test(query.sql) ? reader.queryRaw(query) : queue.run(() => writer.queryRaw(query)),
      executeRaw: (query) => queue.run(() => writer.executeRaw(query)),
      executeScript: (script) => queue.run(() => writer.executeScript(script)),
      startTransaction: (level) => startTransaction(writer, queue.acquire, level),
      dispose: async () => {
        await reader.dispose();
        await writer.dispose();
      },
    };
  }
}

/** SQLite refuses a ROLLBACK when there is nothing to roll back. */
const noTransactionLeft = () => {};

async function startTransaction(
  writer: SqlDriverAdapter,
  acquire: () => Promise<() => void>,
  level: IsolationLevel | undefined,
): Promise<Transaction> {
  if (level !== undefined && level !== "SERIALIZABLE") throw new Error(`SQLite has one isolation level, not ${level}`);
  const release = await acquire();
  const run = async (sql: string) => {
    await writer.executeRaw({ sql, args: [], argTypes: [] });
  };
  try {
    // IMMEDIATE: take the write lock now, so that no read in it turns into a write that fails half-way.
    await run("BEGIN IMMEDIATE");
  } catch (error) {
    release();
    throw error;
  }
  return {
    provider: writer.provider,
    adapterName: writer.adapterName,
    // Prisma itself sends COMMIT or ROLLBACK through executeRaw; the last two here tell that it is over.
    options: { usePhantomQuery: false },
    queryRaw: (query) => writer.queryRaw(query),
    executeRaw: (query) => writer.executeRaw(query),
    commit: async () => release(),
    // Also told of a COMMIT that failed, which may have left the transaction open: it would swallow every later write.
    rollback: () => run("ROLLBACK").catch(noTransactionLeft).finally(release),
    createSavepoint: (name) => run(`SAVEPOINT ${name}`),
    rollbackToSavepoint: (name) => run(`ROLLBACK TO ${name}`),
    releaseSavepoint: (name) => run(`RELEASE SAVEPOINT ${name}`),
  };
}
