import { ConfigError } from "./config.ts";
import { asStoreError } from "./database/database.ts";
import { MigrationError } from "./database/migrations.ts";
import { driverCodeOf } from "./database/store-failures.ts";
import { GatewayError } from "./errors.ts";
import { KeyRingError } from "./keys/ring-content.ts";

const OPERATOR_ERRORS = [ConfigError, KeyRingError, MigrationError, GatewayError];

/**
 * What the operator reads when a start fails: what they can mend in words, without a stack that would hide it; the stack of
 * everything else.
 */
export function startFailureText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, stack, name, code, syscall, severity } = error as Error & Readonly<Record<string, unknown>>;
  if (OPERATOR_ERRORS.some((type) => error instanceof type)) return message;
  if (code === "EADDRINUSE") return `Another program, perhaps another Postern, listens there (${message}). Stop it, or set PORT.`;
  if (typeof severity === "string") return `PostgreSQL, named by DATABASE_URL, refuses: ${message}.`;
  const isSqlite = name === "SqliteError" || (name === "DriverAdapterError" && driverCodeOf(error)?.startsWith("SQLITE_"));
  if (isSqlite) return `The store in DATA_DIR cannot be used: ${message}.`;
  const known = asStoreError(error);
  if (known instanceof GatewayError) return known.message;
  // The operating system's: an address, a folder or a server that is not there or not allowed.
  if (typeof syscall === "string") return `Postern cannot start: ${message}.`;
  return stack ?? message;
}
