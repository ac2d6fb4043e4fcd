import type { ConnectionStage } from "./connection-error.ts";

export type HttpRequest = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Absolute http or https URL, without user information or fragment. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Ends the request early; a deadline of its own holds in any case. */
  readonly signal: AbortSignal;
  /** Whole time in milliseconds, headers and body; 30,000 when left out. */
  readonly deadlineMs?: number;
  /** Greatest decoded body in bytes; 10 MiB when left out. */
  readonly maxBytes?: number;
  readonly onStage?: (stage: ConnectionStage) => void;
};

/** A whole answer, read within the caps. Names in `headers` are lower-case. */
export type HttpResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/**
 * The one way out of Postern. Every address is checked before the first byte is sent, redirects are not followed, and
 * all failures are a `ConnectionError`: BLOCKED_ADDRESS, UNREACHABLE, TIMEOUT or UNEXPECTED_RESPONSE with the stage
 * (RESOLVE, CONNECT, TLS, READ) it came to.
 */
export type HttpClient = { request(request: HttpRequest): Promise<HttpResponse> };
