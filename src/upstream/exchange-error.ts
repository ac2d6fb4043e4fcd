import { errors } from "undici";
import { ConnectionError } from "./connection-error.ts";
import { codeOf } from "./node-error.ts";
import type { Progress } from "./stage-clock.ts";

/** What a connection that the server has closed fails with, by the error's code. */
export const CLOSED_CODES: ReadonlySet<string> = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

/**
 * An answer that is not what HTTP or the caps allow. undici's errors can carry the bytes that the server sent, and those can
 * echo a secret: only the code of the cause goes on.
 */
export function unexpectedAnswer(clock: Progress, message: string, cause?: unknown): ConnectionError {
  return new ConnectionError("UNEXPECTED_RESPONSE", clock.stage, message, cause === undefined ? {} : { cause: codeOf(cause) });
}

/** The server hung up before it had answered. */
export function closedEarly(clock: Progress, cause?: string): ConnectionError {
  return new ConnectionError("UNREACHABLE", clock.stage, "The server closed the connection without an answer.", { cause });
}

/** What happened on the way or at the server, as a `ConnectionError`; a fault of the program stays what it is. */
export function toConnectionError(error: unknown, clock: Progress): unknown {
  if (clock.signal.aborted) return clock.signal.reason;
  if (error instanceof ConnectionError) return error;
  const code = codeOf(error);
  if (CLOSED_CODES.has(code)) return closedEarly(clock, code);
  if (code === "UND_ERR_INVALID_ARG")
    return new ConnectionError("INVALID_FIELDS", "VALIDATE", "The request cannot be sent as HTTP.");
  if (code === "UND_ERR_HEADERS_OVERFLOW")
    return unexpectedAnswer(clock, "The headers of the server's answer are too long.", error);
  // Some of what cannot be, such as the status 000, undici finds by its assertions alone.
  const isUndicis = error instanceof errors.HTTPParserError || code.startsWith("UND_ERR_") || code === "ERR_ASSERTION";
  return isUndicis ? unexpectedAnswer(clock, "What the server answers is not HTTP.", error) : error;
}
