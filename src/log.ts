import { type DestinationStream, type Logger, pino } from "pino";
import { toAsciiJson } from "./ascii-json.ts";
import type { Config } from "./config.ts";
import { createLogOutput } from "./log-output.ts";

const MAX_TEXT = 2_000;
const MAX_CAUSES = 4;

type LoggedError = { type: string; code?: string; message: string; stack?: string; cause?: LoggedError };

/** An error as it stands in the log: name, code, message, stack and causes; never the fields that it carries beside them. */
function describeError(error: unknown, causesLeft = MAX_CAUSES): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: "Something that is no error was thrown." };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    message: error.message.slice(0, MAX_TEXT),
    ...(error.stack === undefined ? {} : { stack: error.stack.slice(0, MAX_TEXT) }),
    ...(error.cause === undefined || causesLeft === 0 ? {} : { cause: describeError(error.cause, causesLeft - 1) }),
  };
}

/**
 * The program's log: one JSON object a line, on standard output unless told. Requests and responses cannot get into it
 * by accident: their serializers give nothing, so that no header, query string or body is ever written. Each line carries
 * what is in `base`.
 */
export function createLog(
  level: Config["LOG_LEVEL"],
  destination?: DestinationStream,
  base: Readonly<Record<string, unknown>> | null = null,
): Logger {
  return pino(
    {
      level,
      base,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => describeError(error), req: () => undefined, res: () => undefined },
    },
    inAscii(destination ?? createLogOutput(process.stdout)),
  );
}

/** Pino escapes what ends a line in JSON; what ends one elsewhere, or commands a terminal, it leaves. */
function inAscii(destination: DestinationStream): DestinationStream {
  return { write: (line) => destination.write(`${toAsciiJson(line.trimEnd())}\n`) };
}
