import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import type { IsolationLevel, SqlDriverAdapter, SqlQuery, Transaction } from "@prisma/driver-adapter-utils";
import type { StoreLoad } from "./database.ts";
import { createMutex, type Mutex } from "./mutex.ts";
import { QUERY_ONLY, setPragmas } from "./sqlite-pragmas.ts";

/*
 * Prisma's own adapter has one connection that requests share: while one is inside a transaction, another's write is
 * acknowledged and then vanishes with the first one's rollback. Here every write and transaction waits its turn on a
 * writer connection of its own, and plain reads go by a second connection that cannot write.
 */

function setPragmasOf(connection: SqlDriverAdapter, ...more: readonly (typeof QUERY_ONLY)[]): Promise<void> {
  return setPragmas(async (pragma) => {
    const { rows } = await connection.queryRaw({ sql: `PRAGMA ${pragma}`, args: [], argTypes: [] });
    return rows[0]?.[0];
  }, more);
}

/** Prisma's SQLite driver with a reader and a writer connection and durable pragmas. */
export class SqliteDriver extends PrismaBetterSqlite3 {
  /** Of everything that writes to the file from this process. */
  readonly #writes = createMutex();

  /** Runs what writes to the file by another connection when it is its turn. */
  readonly inTurn: Mutex["run"] = (work) => this.#writes.run(work);

  /** The write under way, and those that wait for it. */
  load(): StoreLoad {
    const pending = this.#writes.pending();
    return { inUse: Math.min(pending, 1), waiting: Math.max(0, pending - 1) };
  }

  override async connect(): Promise<SqlDriverAdapter> {
    const writer = await super.connect();
    await setPragmasOf(writer);
    const reader = await super.connect();
    await setPragmasOf(reader, QUERY_ONLY);
    const writes = this.#writes;

    return {
      provider: writer.provider,
      adapterName: writer.adapterName,
      queryRaw: (query: SqlQuery) =>
        /^\s*SELECT\b/i.test(query.sql) ? reader.queryRaw(query) : writes.run(() => writer.queryRaw(query)),
      executeRaw: (query) => writes.run(() => writer.executeRaw(query)),
      executeScript: (script) => writes.run(() => writer.executeScript(script)),
      startTransaction: (level) => startTransaction(writer, writes.acquire, level),
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
