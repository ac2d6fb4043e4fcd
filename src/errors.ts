/**
 * The error codes a caller can meet, one union for GraphQL (`extensions.code`), REST and the README's table.
 * A test holds the three equal.
 */
export const ERROR_CODES = {
  UNAUTHENTICATED: { status: 401, meaning: "No valid access token came with the request." },
  FORBIDDEN: { status: 403, meaning: "The caller is known but lacks the permission." },
  REAUTHENTICATION_REQUIRED: {
    status: 403,
    meaning: "The password was given too long ago for this act: `confirmPassword`, then once more.",
  },
  NOT_FOUND: { status: 404, meaning: "No such record, or not the caller's: the two look alike." },
  BAD_USER_INPUT: { status: 400, meaning: "The request is malformed; `field` names the place." },
  CONFLICT: { status: 409, meaning: "The request contradicts what is stored." },
  RATE_LIMITED: { status: 429, meaning: "Too many requests; `retryAfterSeconds` says when to come back." },
  INTEGRITY_ERROR: { status: 500, meaning: "A stored secret cannot be opened: it was changed, moved, or its key is missing." },
  UNAVAILABLE: {
    status: 503,
    meaning:
      "The store cannot be read or written just now. Nothing was changed, unless PostgreSQL went away at a write's very end.",
  },
  DEADLINE_EXCEEDED: {
    status: 504,
    meaning: "It took too long and was stopped; what was written stands, and a write that was under way may be done yet.",
  },
  INTERNAL: { status: 500, meaning: "Postern failed; `correlationId` finds the cause in its log." },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Why a request is turned away although nothing is wrong with it. Counted, and never told. */
export type RefusalReason =
  | "overload"
  | "in-flight"
  | "address-rate"
  | "caller-rate"
  | "caller-in-flight"
  | "caller-operations"
  | "caller-streams"
  | "connection-tests"
  | "sign-in-attempts"
  | "work-queue"
  | "audit-trail"
  | "store"
  | "key-service"
  | "issuer-keys"
  | "stopping";

export type GatewayErrorDetails = {
  field?: string;
  retryAfterSeconds?: number;
  cause?: unknown;
  reason?: RefusalReason;
};

/**
 * The one error that services throw. `message` is safe to show to the caller; `cause` is logged with a
 * correlation id and never sent. `field` is the dotted input path the message is about.
 */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly reason: RefusalReason | undefined;

  constructor(code: ErrorCode, message: string, details: GatewayErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "GatewayError";
    this.code = code;
    this.field = details.field;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.reason = details.reason;
  }
}

/** The answer to a request for what does not exist or belongs to somebody else; both must look alike. */
export function notFound(noun: string): GatewayError {
  return new GatewayError("NOT_FOUND", `No such ${noun}.`);
}

/** True for what says that a stored secret cannot be opened, and for nothing that may pass. */
export function isIntegrityError(error: unknown): boolean {
  return error instanceof GatewayError && error.code === "INTEGRITY_ERROR";
}

/** True for what is refused because the store or the audit trail cannot be used just now. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof GatewayError && error.code === "UNAVAILABLE";
}

/** The error of an event that cannot be stored: nothing that must be on record may go on. */
export function auditUnavailable(cause?: unknown): GatewayError {
  return new GatewayError("UNAVAILABLE", "The audit trail cannot be written just now. Try again.", {
    cause,
    reason: "audit-trail",
  });
}

/** Bad input, with the dotted path of the field that is wrong. */
export function badInput(field: string, message: string): GatewayError {
  return new GatewayError("BAD_USER_INPUT", message, { field });
}

/** A failure that the person can act on, as payloads carry it in `userErrors`; `field` is the dotted input path. */
export type PersonError = { readonly message: string; readonly field: string | null; readonly code: string };
