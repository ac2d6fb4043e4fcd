import path from "node:path";
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyServerOptions,
  fastify,
  LogController,
} from "fastify";
import type { Logger } from "pino";
import type { Config } from "./config.ts";
import type { GraphqlServices } from "./graphql/request-context.ts";
import { registerGraphql } from "./graphql/routes.ts";
import { registerAssets } from "./http/assets.ts";
import { correlationIdOf } from "./http/correlation.ts";
import { failureBody, failureOf, type HttpFailure, prepareFailure, refusal } from "./http/error-reply.ts";
import { type ReadinessChecks, registerHealth } from "./http/health.ts";
import { registerRequestLog } from "./http/request-log.ts";
import { securityHeaders } from "./http/security-headers.ts";
import { hasServiceToken } from "./http/token-in-url.ts";

/** What the HTTP app is made of; `services.ts` builds it. */
export type AppServices = GraphqlServices & {
  readonly config: Pick<Config, "INTROSPECTION" | "PUBLIC_URL" | "TRUSTED_PROXIES">;
  readonly log: Logger;
  /** The public keys of our access tokens, as RFC 7517 says. */
  readonly jwks: () => Promise<{ readonly keys: readonly object[] }>;
  readonly readiness: ReadinessChecks;
  /** Where the browser's part was built to; `public` beside this file when left out. */
  readonly publicDir?: string;
};

const BODY_LIMIT_BYTES = 1024 * 1024;
const MAX_CONNECTIONS = 10_000;
const JWKS_MAX_AGE_SECONDS = 300;

/** Fastify's own default of no time-out lets a request trickle in for ever. */
const TIMEOUTS = {
  requestTimeout: 30_000,
  keepAliveTimeout: 10_000,
  http: { requestTimeout: 30_000, headersTimeout: 15_000, connectionsCheckingInterval: 5_000 },
} as const;

function refuseAddress(
  error: Error,
  { id }: { id: string },
  reply: FastifyReply,
  headers: Readonly<Record<string, string>>,
): void {
  const failure = failureOf(error);
  void reply.headers(headers).header("x-request-id", id).code(failure.status).send(failureBody(failure, id));
}

function serverOptions({ config, log }: AppServices): FastifyServerOptions {
  const headers = securityHeaders(config.PUBLIC_URL);
  return {
    ...TIMEOUTS,
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "correlationId" }),
    genReqId: correlationIdOf,
    trustProxy: config.TRUSTED_PROXIES.length > 0 ? [...config.TRUSTED_PROXIES] : false,
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: "idle",
    // An address that cannot be decoded is refused before any hook runs.
    frameworkErrors: (error, request, reply) => refuseAddress(error, request, reply as FastifyReply, headers),
  };
}

const TOKEN_IN_URL: HttpFailure = {
  status: 400,
  code: "BAD_USER_INPUT",
  message: "A service token belongs into the header Authorization. Revoke this one: addresses are kept in many logs.",
};

function registerEdge(app: FastifyInstance, { config }: AppServices): void {
  const headers = securityHeaders(config.PUBLIC_URL);
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(headers).header("x-request-id", request.id);
    if (hasServiceToken(request.url)) return reply.code(400).send(failureBody(TOKEN_IN_URL, request.id));
    const encoding = request.headers["content-encoding"];
    // A body that unfolds to more than was sent is a bomb; nobody sends us large ones.
    if (encoding !== undefined && encoding !== "identity") {
      return reply.code(415).send(failureBody(refusal(415), request.id));
    }
  });
  app.setErrorHandler((error, request, reply) => reply.send(failureBody(prepareFailure(error, request, reply), request.id)));
  app.setNotFoundHandler((request, reply) => reply.code(404).send(failureBody(refusal(404), request.id)));
}

/** The HTTP app over the services, ready to listen or to be injected into; it never listens by itself. */
export async function createApp(services: AppServices): Promise<FastifyInstance> {
  const app = fastify(serverOptions(services));
  const publicDir = services.publicDir ?? path.join(import.meta.dirname, "public");
  app.server.maxConnections = MAX_CONNECTIONS;
  registerRequestLog(app);
  registerEdge(app, services);
  registerHealth(app, services.readiness);
  app.get("/.well-known/jwks.json", async (_request, reply) =>
    reply.header("cache-control", `public, max-age=${JWKS_MAX_AGE_SECONDS}`).send(await services.jwks()),
  );
  await registerAssets(app, publicDir);
  await app.register((scope) => registerGraphql(scope, services, publicDir));
  await app.ready();
  return app;
}
