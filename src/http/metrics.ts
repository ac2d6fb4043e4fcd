import { createServer, type Server } from "node:http";
import type { FastifyInstance } from "fastify";
import { type RequestOrigin, requirePermission, type Viewer } from "../access/viewer.ts";
import type { Exposition } from "../observability/exposition.ts";
import { originOf } from "./request-origin.ts";
import { securityHeaders } from "./security-headers.ts";

/** What `/metrics` shows, and how its callers are told apart. */
export type MetricsPage = {
  readonly exposition: Exposition;
  authenticate(authorization: string | undefined, origin: RequestOrigin): Promise<Viewer>;
};

/** `/metrics` for administrators and for service tokens with the permission `metrics:read`; nobody else learns what goes on. */
export function registerMetrics(app: FastifyInstance, { exposition, authenticate }: MetricsPage): void {
  app.get("/metrics", { exposeHeadRoute: false }, async (request, reply) => {
    const viewer = await authenticate(request.headers.authorization, originOf(request));
    request.viewerId = viewer.id;
    requirePermission(viewer, "metrics:read");
    const { contentType, text } = await exposition.read();
    return reply.type(contentType).send(text);
  });
}

/**
 * Answers `GET /metrics`, and nothing else, on an address of its own and without asking who calls: for a network that only the
 * operator's Prometheus is in. It answers also when the gateway turns requests away.
 */
export function listenForMetrics(
  { host, port }: { readonly host: string; readonly port: number },
  exposition: Exposition,
): Promise<Server> {
  const headers = securityHeaders(undefined);
  const server = createServer((request, answer) => {
    if (request.method !== "GET" || request.url !== "/metrics") return void answer.writeHead(404, headers).end();
    exposition.read().then(
      ({ contentType, text }) => answer.writeHead(200, { ...headers, "content-type": contentType }).end(text),
      () => answer.writeHead(500, headers).end(),
    );
  });
  server.maxConnections = MOST_SCRAPERS;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    // Each worker has figures of its own, so no two may share an address.
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });
}

const MOST_SCRAPERS = 50;
