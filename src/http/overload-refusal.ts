import type { IncomingMessage, ServerResponse } from "node:http";
import type { RefusalReason } from "../errors.ts";
import type { Metrics } from "../observability/metrics.ts";
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

/** Shapes that are kept ready, by the beginning of the address; others are made as they come. */
const MOST_SHAPES = 256;

/**
 * Answers requests that nothing was done for: 503 with a time to come back. Counted each, logged together, and so without a
 * correlation id, which would lead to no line. Whatever can be made beforehand is.
 */
export function createOverloadRefusal({ headers, bodyOf, metrics, log }: OverloadRefusalOptions) {
  const shapes = new Map<string, { readonly body: string; readonly head: string[] }>();
  let refused = 0;
  let loggedAt = Number.NEGATIVE_INFINITY;

  const make = (url: string) => {
    const withoutId = (name: string, value: unknown) => (name === "correlationId" ? undefined : value);
    const body = JSON.stringify(bodyOf({ url, id: "" }, FAILURE), withoutId);
    const head = Object.entries({
      ...headers,
      "content-type": "application/json; charset=utf-8",
      "retry-after": String(RETRY_AFTER_SECONDS),
      "content-length": String(Buffer.byteLength(body)),
    }).flat();
    return { body, head };
  };
  const shapeOf = (url: string) => {
    // Systems are told apart by no more than their first three segments.
    const beginning = /^(?:\/[^/?]*){0,3}/.exec(url)?.[0] ?? "";
    const known = shapes.get(beginning);
    if (known !== undefined) return known;
    const made = make(url);
    if (shapes.size < MOST_SHAPES) shapes.set(beginning, made);
    return made;
  };

  return (request: IncomingMessage, answer: ServerResponse, reason: RefusalReason): void => {
    const { body, head } = shapeOf(request.url ?? "/");
    answer.writeHead(FAILURE.status, head).end(body);
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
