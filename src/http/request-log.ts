import type { FastifyInstance } from "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /** The id of whoever was found to call, for the log; null for nobody. */
    viewerId: string | null;
  }
}

/**
 * One line a request, with nothing in it that a caller can make secret: the route's pattern and not the address, no
 * header, no query string, no body, no name of an operation. The correlation id stands in every line of a request.
 */
export function registerRequestLog(app: FastifyInstance): void {
  app.decorateRequest("viewerId", null);
  app.addHook("onResponse", async (request, reply) => {
    const { method, viewerId } = request;
    const route = request.routeOptions.url ?? "none";
    request.log.info(
      { method, route, status: reply.statusCode, durationMs: Math.round(reply.elapsedTime), viewerId },
      "answered",
    );
  });
}
