import type { SqlDriverAdapter, SqlDriverAdapterFactory, SqlQueryable, Transaction } from "@prisma/driver-adapter-utils";

/** Runs a statement, and takes note of it. */
export type StatementTracer = <Result>(sql: string, run: () => Promise<Result>) => Promise<Result>;

/** The driver with every statement traced, those of transactions too. */
export function traceDriver<Driver extends SqlDriverAdapterFactory>(driver: Driver, trace: StatementTracer): Driver {
  return override<SqlDriverAdapterFactory>(driver, {
    connect: async () => traceConnection(await driver.connect(), trace),
  }) as Driver;
}

function traceConnection(connection: SqlDriverAdapter, trace: StatementTracer): SqlDriverAdapter {
  return override(connection, {
    ...traceQueries(connection, trace),
    startTransaction: async (level: Parameters<SqlDriverAdapter["startTransaction"]>[0]) =>
      traceTransaction(await trace("BEGIN", () => connection.startTransaction(level)), trace),
  });
}

function traceTransaction(transaction: Transaction, trace: StatementTracer): Transaction {
  return override(transaction, traceQueries(transaction, trace));
}

function traceQueries(queryable: SqlQueryable, trace: StatementTracer): Pick<SqlQueryable, "queryRaw" | "executeRaw"> {
  return {
    queryRaw: (query) => trace(query.sql, () => queryable.queryRaw(query)),
    executeRaw: (query) => trace(query.sql, () => queryable.executeRaw(query)),
  };
}

/** The object with some members replaced; the others are its own still, whatever they keep in private. */
function override<Target extends object>(target: Target, members: Partial<Target>): Target {
  return new Proxy(target, {
    get: (_target, property) => {
      if (property in members) return members[property as keyof Target];
      const member: unknown = Reflect.get(target, property, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
