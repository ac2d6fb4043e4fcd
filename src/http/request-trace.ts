import type { FastifyInstance } from "fastify";
import type { RequestSpan, Tracing } from "../observability/tracing.ts";
import { whenAnswered } from "./answered.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The request's span; null when traces are off. */
    span: RequestSpan | null;
  }
}

/** Every request a span, with the route's pattern and the status; the hooks that follow and the handler run within it. */
export function registerRequestTrace(app: FastifyInstance, tracing: Tracing | null): void {
  app.decorateRequest("span", null);
  if (tracing === null) return;
  app.addHook("onRequest", (request, _reply, done) => {
    const { traceparent } = request.headers;
    request.span = tracing.beginRequest(typeof traceparent === "string" ? traceparent : undefined);
    request.span.within(done);
  });
  // What reads a body is called by the connection, which knows of no request: from here on the span counts again.
  app.addHook("preValidation", (request, _reply, done) => {
    if (request.span === null) done();
    else request.span.within(done);
  });
  whenAnswered(app, ({ method, routeOptions: { url = "none" }, span }, { statusCode }) => {
    const attributes = { "http.request.method": method, "http.route": url, "http.response.status_code": statusCode };
    span?.end(`${method} ${url}`, attributes, statusCode >= 500);
  });
}
