import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Metrics } from "../observability/metrics.ts";
import { whenAnswered } from "./answered.ts";
import type { HttpFailure } from "./error-reply.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The id of whoever was found to call, for the log; null for nobody. */
    viewerId: string | null;
    /** What went wrong, where the answer was made by an error; for the metrics. */
    failure: HttpFailure | null;
  }
}

/**
 * One line and one count a request, with nothing in it that a caller can make secret: the route's pattern and not the address, no
 * header, no query string, no body, no name of an operation. The correlation id stands in every line of a request.
 */
export function registerRequestLog(app: FastifyInstance, metrics: Pick<Metrics, "requests" | "noteRefusal">): void {
  app.decorateRequest("viewerId", null);
  app.decorateRequest("failure", null);
  whenAnswered(app, (request, reply) => {
    const { method, viewerId, failure, span } = request;
    const route = routeOf(request);
    metrics.requests.note(method, route, failure?.code ?? outcomeOf(reply.statusCode), reply.elapsedTime);
    if (failure?.reason !== undefined) metrics.noteRefusal(failure.reason);
    request.log.info(
      {
        method,
        route,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
        ip: request.ip,
        viewerId,
        ...(span && { traceId: span.traceId }),
      },
      "answered",
    );
  });
}

/** The route's pattern; `none` where nothing is, and where an address is there to refuse. */
function routeOf({ routeOptions: { url, config } }: FastifyRequest): string {
  return url === undefined || "isRefusal" in config ? "none" : url;
}

const OUTCOMES: Readonly<Record<number, string>> = {
  401: "UNAUTHENTICATED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  409: "CONFLICT",
  429: "RATE_LIMITED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

/** The outcome of an answer that was not made by an error. */
function outcomeOf(status: number): string {
  if (status < 400) return "OK";
  return OUTCOMES[status] ?? (status < 500 ? "BAD_USER_INPUT" : "INTERNAL");
}
