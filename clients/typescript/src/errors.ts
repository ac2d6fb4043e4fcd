/** What is known of a failure beside its message. */
export type PosternErrorDetails = {
  /** Stable: `NOT_FOUND`, `RATE_LIMITED`, `TIMEOUT`, … */
  readonly code: string;
  /** Status of the HTTP answer, if there was one. */
  readonly status?: number | undefined;
  /** When to come back, where Postern says so. */
  readonly retryAfterSeconds?: number | undefined;
  /** Finds the cause in Postern's log. */
  readonly correlationId?: string | undefined;
};

/** Base of every error of this package; no message carries the token or a secret. */
export class PosternError extends Error implements PosternErrorDetails {
  readonly code: string;
  readonly status: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly correlationId: string | undefined;

  constructor(message: string, { code, status, retryAfterSeconds, correlationId }: PosternErrorDetails) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
    this.correlationId = correlationId;
  }
}

/** The token is missing, wrong, expired or revoked. */
export class AuthenticationError extends PosternError {}
/** The token is good and may not do this. */
export class PermissionDeniedError extends PosternError {}
/** There is no such record, or it is outside the token's limits: the two look alike. */
export class NotFoundError extends PosternError {}
/** The question itself is wrong: an unknown application, a service token without a user name, an invalid document. */
export class BadRequestError extends PosternError {}
/** Too many requests; `retryAfterSeconds` says when to come back. */
export class RateLimitedError extends PosternError {}
/** Postern failed, or its store is away. */
export class ServerError extends PosternError {}
/** The upstream gave no access token; `code` says why: `CREDENTIAL_REJECTED`, `UNREACHABLE`, `TIMEOUT` and others. */
export class UpstreamError extends PosternError {}
/** Postern could not be reached, or did not answer in time. */
export class NetworkError extends PosternError {}
/** What answered does not speak like Postern, or redirects elsewhere: look at the URL. */
export class UnexpectedAnswerError extends PosternError {}

export type PosternErrorClass = new (message: string, details: PosternErrorDetails) => PosternError;

const BY_CODE: ReadonlyMap<string, PosternErrorClass> = new Map<string, PosternErrorClass>([
  ["UNAUTHENTICATED", AuthenticationError],
  ["FORBIDDEN", PermissionDeniedError],
  ["NOT_FOUND", NotFoundError],
  ["BAD_USER_INPUT", BadRequestError],
  ["CONFLICT", BadRequestError],
  ["RATE_LIMITED", RateLimitedError],
]);

const CODE_BY_STATUS: ReadonlyMap<number, string> = new Map([
  [401, "UNAUTHENTICATED"],
  [403, "FORBIDDEN"],
  [404, "NOT_FOUND"],
  [409, "CONFLICT"],
  [429, "RATE_LIMITED"],
]);

/** The code that an HTTP status stands for. */
export function codeOfStatus(status: number): string {
  return CODE_BY_STATUS.get(status) ?? (status < 500 ? "BAD_USER_INPUT" : "INTERNAL");
}

/** The error with a code of Postern's; a `ServerError` for each that blames Postern itself. */
export function errorOf(message: string, details: PosternErrorDetails): PosternError {
  return new (BY_CODE.get(details.code) ?? ServerError)(message, details);
}
