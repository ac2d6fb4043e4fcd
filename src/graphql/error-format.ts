import { GraphQLError, type GraphQLFormattedError, Kind } from "graphql";
import { ERROR_CODES, type ErrorCode, GatewayError } from "../errors.ts";
import { failureOf, type HttpFailure } from "../http/error-reply.ts";

const MAX_MESSAGE = 300;
const MAX_ECHO = 64;

/** Up to the reason that graphql-js or a scalar gives, which may repeat the value once more. */
const INVALID_VARIABLE =
  / got invalid value [\s\S]*?( at "[^"]*")?; (?=Expected |Field "|Exactly one |Value "|Enum "|\w+ cannot represent )/;

/** What is looked at of a message, from its beginning and from its end, where graphql-js says why. */
const HEAD = 2_000;
const TAIL = 1_000;

/** A message without its middle: the patterns below may look at each place of it as often as it is long. */
function clip(message: string): string {
  return message.length <= HEAD + TAIL ? message : `${message.slice(0, HEAD)}…${message.slice(-TAIL)}`;
}

/** A parser's or validator's message with what it repeats of the request cut short, and neither guesses at our names nor a variable's value. */
function shortenMessage(message: string): string {
  return (
    clip(message)
      .replace(/ ?Did you mean[^?]*\?/g, "")
      .replace(INVALID_VARIABLE, " got an invalid value$1; ")
      // The reason was cut away with the middle.
      .replace(/ got invalid value [\s\S]*$/, " got an invalid value; it does not fit the type.")
      .replace(/( cannot represent [\w -]*?(?:value|time-string|Date type))\b[\s\S]*$/, "$1.")
      .replace(/; Value "[^"]*" does not exist/, "; it does not exist")
      .replace(/"([^"]*)"/g, (quoted, text: string) => (text.length > MAX_ECHO ? `"${text.slice(0, MAX_ECHO - 1)}…"` : quoted))
      .replace(/\bfound ([\s\S]*)$/, (whole, text: string) =>
        text.length > MAX_ECHO ? `found ${text.slice(0, MAX_ECHO - 1)}…` : whole,
      )
      .replace(/\S{129,}/g, (run) => `${run.slice(0, MAX_ECHO - 1)}…`)
      .slice(0, MAX_MESSAGE)
  );
}

function deepest(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError !== undefined ? deepest(error.originalError) : error;
}

function knownCode(error: GraphQLError): ErrorCode {
  const { code } = error.extensions;
  return typeof code === "string" && Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : "BAD_USER_INPUT";
}

/** True for what graphql-js or Apollo say of the request itself; a resolver's value that fits no type has a path and no node. */
function isAboutRequest(error: unknown): error is GraphQLError {
  const origin = deepest(error);
  if (!(origin instanceof GraphQLError) || !(error instanceof GraphQLError)) return false;
  return error.path === undefined || origin.nodes !== undefined;
}

/** What became of an operation's error, as REST would tell it. */
export function operationFailureOf(error: unknown): HttpFailure {
  if (!isAboutRequest(error)) return failureOf(deepest(error));
  return { status: 400, code: knownCode(error), message: shortenMessage(error.message) };
}

/**
 * The GraphQL error that goes out: message, place, and `extensions` with `code`, and where they help `field`,
 * `retryAfterSeconds` or `correlationId`. What is not a `GatewayError` and not about the request is INTERNAL.
 */
export function formatGraphqlError(error: unknown): GraphQLFormattedError {
  const { status, code, message, field, retryAfterSeconds } = operationFailureOf(error);
  const { locations, path, extensions } = error instanceof GraphQLError ? error : new GraphQLError(message);
  const correlationId = status >= 500 ? extensions.correlationId : undefined;
  return {
    message,
    ...(locations === undefined ? {} : { locations }),
    ...(path === undefined ? {} : { path }),
    extensions: {
      code,
      ...(field === undefined ? {} : { field }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...(correlationId === undefined ? {} : { correlationId }),
    },
  };
}

type ErrorLog = Readonly<Record<"error" | "warn" | "info", (details: object, message: string) => void>>;

/** What somebody may not do or does too often: who watches for attacks looks for these, and the status of such an answer is 200. */
const GUARDED: ReadonlySet<ErrorCode> = new Set(["UNAUTHENTICATED", "FORBIDDEN", "REAUTHENTICATION_REQUIRED", "RATE_LIMITED"]);

/** Code and field of a guarded refusal, by the schema's name and never an alias; nothing for other errors. */
function refusalOf(error: GraphQLError): readonly string[] {
  const { code } = operationFailureOf(error);
  const [node] = error.nodes ?? [];
  return GUARDED.has(code) ? [node?.kind === Kind.FIELD ? `${code} ${node.name.value}` : code] : [];
}

/**
 * Logs what callers are not told, and marks those errors with the correlation id that leads to the line; what was refused is
 * logged once for each field, and who asked stands in the request's own line.
 */
export function recordErrors(errors: readonly GraphQLError[], correlationId: string, log: ErrorLog): void {
  const refusals = [...new Set(errors.flatMap(refusalOf))];
  if (refusals.length > 0) log.info({ refusals }, "fields refused");
  for (const error of errors) {
    const origin = deepest(error);
    if (operationFailureOf(error).status >= 500) {
      error.extensions.correlationId = correlationId;
      log.error({ err: origin }, "operation failed");
    } else if (origin instanceof GatewayError && origin.cause !== undefined) log.warn({ err: origin }, "operation refused");
  }
}
