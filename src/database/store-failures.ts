import { setTimeout as sleep } from "node:timers/promises";
import { GatewayError } from "../errors.ts";

/** What SQLite says of a file that cannot be read or written just now: locked, full, unreadable, read-only, damaged. */
const SQLITE_FAILURE = /^SQLITE_(BUSY|LOCKED|PROTOCOL|IOERR|CANTOPEN|FULL|READONLY|CORRUPT|NOTADB|NOMEM)/;

/**
 * SQLSTATE: connection, resources, operator's intervention, system, damaged files, a server that only reads, a lock that
 * was not given in time, transactions that got into each other's way.
 */
const POSTGRESQL_FAILURE = /^(08...|53...|57...|58...|XX00[12]|25006|55P03|40001|40P01)$/;

/** Prisma's codes for a store that cannot be reached, is locked, full, or gave no connection in time. */
const PRISMA_FAILURES = new Set(["P1001", "P1002", "P1008", "P1011", "P1017", "P2024", "P2028", "P2034", "P2037"]);

/** The adapters' words for the same. */
const ADAPTER_FAILURES = new Set([
  "DatabaseNotReachable",
  "ConnectionClosed",
  "SocketTimeout",
  "TlsConnectionError",
  "TooManyConnections",
  "TransactionWriteConflict",
]);

/** What `pg` says without a code. */
const CONNECTION_FAILURE =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client (was closed|has encountered)|Cannot use a pool)/;

type AnyError = Error & {
  readonly code?: unknown;
  readonly meta?: { readonly driverAdapterError?: unknown };
};

/** An adapter's error is an `Error` whose cause is a plain object with the driver's own code. */
type AdapterCause = { readonly kind?: unknown; readonly originalCode?: unknown };

/** The code that the database's driver gave, below whatever Prisma made of it; undefined for other errors. */
export function driverCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { meta, cause, code } = error as AnyError;
  if (meta?.driverAdapterError !== undefined) return driverCodeOf(meta.driverAdapterError);
  const { originalCode } = (cause ?? {}) as AdapterCause;
  const found = originalCode ?? code;
  return typeof found === "string" ? found : undefined;
}

function isAdapterFailure(error: AnyError): boolean {
  const { kind } = ((error.meta?.driverAdapterError as Error | undefined)?.cause ?? error.cause ?? {}) as AdapterCause;
  return typeof kind === "string" && ADAPTER_FAILURES.has(kind);
}

/** True for a failure that says nothing of the statement: the store is away, locked, full, read-only or damaged. */
export function isStoreFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, name } = error as AnyError;
  if (name === "PrismaClientInitializationError" || CONNECTION_FAILURE.test(error.message)) return true;
  if (typeof code === "string" && PRISMA_FAILURES.has(code)) return true;
  const driverCode = driverCodeOf(error) ?? "";
  return SQLITE_FAILURE.test(driverCode) || POSTGRESQL_FAILURE.test(driverCode) || isAdapterFailure(error);
}

/** Prisma's code for transactions that got into each other's way, of which the store has taken one back. */
const PRISMA_CONFLICT = "P2034";

/** PostgreSQL's own codes for the same, as prepared and raw statements give them. */
const POSTGRESQL_CONFLICT = /^(40001|40P01)$/;

/** True for a transaction that was taken back because of another one: it can be done again as it was. */
export function isTransactionConflict(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof GatewayError) return isTransactionConflict(error.cause);
  return (error as AnyError).code === PRISMA_CONFLICT || POSTGRESQL_CONFLICT.test(driverCodeOf(error) ?? "");
}

/** Prisma's codes for a lock that was not given in time, and for transactions that got into each other's way. */
const PRISMA_TURNS = new Set(["P1008", PRISMA_CONFLICT]);
/** Longest time in which other processes are let go first, and how long between, in milliseconds. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 100;

function isOthersTurn(error: unknown): boolean {
  const { code } = error as AnyError;
  return (typeof code === "string" && PRISMA_TURNS.has(code)) || /^SQLITE_(BUSY|LOCKED)/.test(driverCodeOf(error) ?? "");
}

/** Does again what came to nothing because another process was writing; for a start, which nobody else would repeat. */
export async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const limit = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isOthersTurn(error) || performance.now() > limit) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
