import { ConnectionError, type ConnectionStage } from "../upstream/connection-error.ts";
import { createSecretMask } from "../upstream/secret-mask.ts";
import type { ConnectionReport } from "./connector.ts";

const MAX_LENGTH = 500;
/** Shorter secrets would turn every message into stars. */
const SHORTEST_SECRET = 4;

/** Turns text into text that carries none of a connector's secrets. */
export type Mask = (text: string) => string;

/** A mask for the secrets, also where one stands in base64 behind one of the `companions` and a colon (basic authentication). */
export function createMask(secrets: readonly string[], companions: readonly string[]): Mask {
  const masked = secrets.filter((secret) => secret.length >= SHORTEST_SECRET);
  const pairs = masked.flatMap((secret) => companions.map((companion) => `${companion}:${secret}`));
  return createSecretMask([...masked, ...pairs], SHORTEST_SECRET).maskText;
}

/** One line of at most 500 characters, masked, without control characters. */
function sanitizeText(text: string, mask: Mask): string {
  // Masked before it is cut, or a cut could leave the front of a secret standing.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  const line = mask(text).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line;
}

/** A report whose texts are masked: an upstream can put what it was sent into a success as well. */
export function sanitizeReport({ stage, message, details }: ConnectionReport, mask: Mask): ConnectionReport {
  const clean = Object.entries(details).map(([name, value]) => [name, sanitizeText(value, mask)] as const);
  return { stage, message: sanitizeText(message, mask), details: Object.fromEntries(clean) };
}

/**
 * The error as it may leave a connector: a new `ConnectionError` with masked message and a masked line of text as its cause.
 * What is none (a `ZodError` of an answer, a fault of the connector) becomes UNEXPECTED_RESPONSE at `stage`.
 */
export function sanitizeError(error: unknown, mask: Mask, stage: ConnectionStage, signal: AbortSignal): ConnectionError {
  const known = toConnectionError(error, stage, signal);
  const cause = sanitizeText(describeCause(known.cause), mask);
  return new ConnectionError(known.code, known.stage, sanitizeText(known.message, mask), {
    ...(cause === "" ? {} : { cause }),
    ...(known.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: known.retryAfterSeconds }),
    ...(known.hint === undefined ? {} : { hint: sanitizeText(known.hint, mask) }),
  });
}

function toConnectionError(error: unknown, stage: ConnectionStage, signal: AbortSignal): ConnectionError {
  if (error instanceof ConnectionError) return error;
  if (signal.aborted)
    return new ConnectionError("TIMEOUT", stage, "The call was stopped before the server had answered.", { cause: error });
  const message = "The server answered in a way that this connector does not understand.";
  return new ConnectionError("UNEXPECTED_RESPONSE", stage, message, { cause: error });
}

/** A chain of causes as one text: the objects themselves could hold a secret anywhere. */
function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) return typeof cause === "string" ? cause : "";
  return [`${cause.name}: ${cause.message}`, describeCause(cause.cause)].filter((text) => text !== "").join("; ");
}
