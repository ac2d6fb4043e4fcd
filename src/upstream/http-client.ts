import type { ConnectionStage } from "./connection-error.ts";

export type HttpRequest = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Absolute http or https URL, without user information or fragment. */
  readonly url: string;
  /** Headers of the message's framing (`host`, `connection`, `content-length`…) are the client's and refused here. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Ends the request early; a deadline of its own holds in any case. */
  readonly signal: AbortSignal;
  /** Whole time in milliseconds, headers and body; 30,000 when left out. */
  readonly deadlineMs?: number;
  /** Time for the status line and headers once connected; `deadlineMs` when that is given, else 10,000. */
  readonly firstByteMs?: number;
  /** Greatest decoded body in bytes; 10 MiB when left out. */
  readonly maxBytes?: number;
  /** What the caller does with the answer, and so the stage of failures after the connection stands; READ when left out. */
  readonly stage?: "AUTHENTICATE" | "AUTHORIZE" | "READ";
  readonly onStage?: (stage: ConnectionStage) => void;
};

/** A whole answer, read within the caps. Names in `headers` are lower-case, repeated ones joined by commas. */
export type HttpResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/**
 * The one way out of Postern. Every address is checked before the first byte is sent, redirects are not followed, nothing is
 * sent twice, and all failures are a `ConnectionError`: INVALID_FIELDS (a URL or header that cannot be sent), BLOCKED_ADDRESS,
 * UNREACHABLE, TIMEOUT or UNEXPECTED_RESPONSE with the stage (VALIDATE, RESOLVE, CONNECT, TLS, then the request's own) it came to.
 */
export type HttpClient = { request(request: HttpRequest): Promise<HttpResponse> };
