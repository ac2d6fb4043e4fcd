import type { IncomingMessage, ServerResponse } from "node:http";
import type { RefusalReason } from "../errors.ts";
import type { Metrics } from "../observability/metrics.ts";
import { correlationIdOf } from "./correlation.ts";
import type { HttpFailure } from "./error-reply.ts";

export type OverloadRefusalOptions = {
  /** The headers of every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body in the words of the system that the address is of. */
  readonly bodyOf: (request: { readonly url: string; readonly id: string }, failure: HttpFailure) => object;
  readonly metrics: Pick<Metrics, "requests" | "noteRefusal">;
  readonly log: { warn(details: object, message: string): void };
};

const RETRY_AFTER_SECONDS = 1;
/** One line of the log for all that were refused in so long: a line each would be what there is no time for. */
const LOGGED_EVERY_MS = 10_000;

const FAILURE: HttpFailure = {
  status: 503,
  code: "UNAVAILABLE",
  message: "Too many requests are being worked on.",
  retryAfterSeconds: RETRY_AFTER_SECONDS,
};

/** Answers requests that nothing was done for: 503 with a time to come back. Counted each, logged together. */
export function createOverloadRefusal({ headers, bodyOf, metrics, log }: OverloadRefusalOptions) {
  const fixed = Object.entries({
    ...headers,
    "content-type": "application/json; charset=utf-8",
    "retry-after": String(RETRY_AFTER_SECONDS),
  }).flat();
  let refused = 0;
  let loggedAt = Number.NEGATIVE_INFINITY;

  return (request: IncomingMessage, answer: ServerResponse, reason: RefusalReason): void => {
    const id = correlationIdOf(request);
    const body = JSON.stringify(bodyOf({ url: request.url ?? "/", id }, FAILURE));
    answer.writeHead(503, [...fixed, "x-request-id", id, "content-length", String(Buffer.byteLength(body))]);
    answer.end(body);
    metrics.noteRefusal(reason);
    metrics.requests.note(request.method ?? "", "none", FAILURE.code, 0);
    refused += 1;
    const now = performance.now();
    if (now - loggedAt < LOGGED_EVERY_MS) return;
    log.warn({ reason, refused }, "requests are refused, since there are more than can be answered");
    loggedAt = now;
    refused = 0;
  };
}
