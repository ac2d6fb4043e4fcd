/** How far a connection test came: the stages in their order. */
export const CONNECTION_STAGES = ["VALIDATE", "RESOLVE", "CONNECT", "TLS", "AUTHENTICATE", "AUTHORIZE", "READ"] as const;
export type ConnectionStage = (typeof CONNECTION_STAGES)[number];

/** Why an upstream gave nothing. */
export const CONNECTION_ERROR_CODES = [
  "INVALID_FIELDS",
  "BLOCKED_ADDRESS",
  "UNREACHABLE",
  "TIMEOUT",
  "CREDENTIAL_REJECTED",
  "PERMISSION_MISSING",
  "RATE_LIMITED",
  "UNEXPECTED_RESPONSE",
] as const;
export type ConnectionErrorCode = (typeof CONNECTION_ERROR_CODES)[number];

/**
 * What an upstream, or the way to it, decided against us. The guarded HTTP client and the connectors throw nothing else
 * for what happens outside. `message` is safe to show to the credential's owner.
 */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly code: ConnectionErrorCode;
  readonly stage: ConnectionStage;
  /** The upstream's own wish, from `Retry-After`, in seconds. */
  readonly retryAfterSeconds: number | undefined;
  /** What to try next, as a sentence or two: advice for a person, where `message` is the bare verdict. */
  readonly hint: string | undefined;

  constructor(
    code: ConnectionErrorCode,
    stage: ConnectionStage,
    message: string,
    options: { cause?: unknown; retryAfterSeconds?: number; hint?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.stage = stage;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.hint = options.hint;
  }
}
