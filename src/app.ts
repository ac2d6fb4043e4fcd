import type { Server as HttpsServer } from "node:https";
import {
  type FastifyBaseLogger,
  type FastifyHttpsOptions,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  fastify,
  LogController,
} from "fastify";
import type { Logger } from "pino";
import type { Config } from "./config.ts";
import type { GraphqlServices } from "./graphql/request-context.ts";
import { graphqlFailure, registerGraphql } from "./graphql/routes.ts";
import { createAdmission } from "./http/admission.ts";
import { registerAssets } from "./http/assets.ts";
import { registerDraining } from "./http/draining.ts";
import { failureBody, failureOf, type HttpFailure, prepareFailure, refusal } from "./http/error-reply.ts";
import { type ReadinessChecks, registerHealth } from "./http/health.ts";
import { createInFlightLimit, type InFlightLimit } from "./http/in-flight.ts";
import { type MetricsPage, registerMetrics } from "./http/metrics.ts";
import { createOverloadRefusal } from "./http/overload-refusal.ts";
import { registerPages } from "./http/pages.ts";
import { createRawRefusal, type RawRefusal } from "./http/raw-refusal.ts";
import { READING, refuseMethods } from "./http/refused-methods.ts";
import { faultOfHead, takeAbsoluteTargets } from "./http/request-head.ts";
import type { RequestLimit } from "./http/request-limit.ts";
import { registerRequestLog } from "./http/request-log.ts";
import { correlationIdOf } from "./http/request-origin.ts";
import { registerRequestTrace } from "./http/request-trace.ts";
import { securityHeaders } from "./http/security-headers.ts";
import { closeStalledAnswers } from "./http/stalled-answers.ts";
import { readTls } from "./http/tls.ts";
import { hasServiceToken } from "./http/token-in-url.ts";
import type { Rest } from "./rest/rest.ts";

/** What the HTTP app is made of; `services.ts` builds it. */
export type AppServices = GraphqlServices & {
  readonly log: Logger;
  /** The public keys of our access tokens, as RFC 7517 says. */
  readonly jwks: () => Promise<{ readonly keys: readonly object[] }>;
  readonly readiness: ReadinessChecks;
  /** `/metrics`, and who may read it; no such route when left out. */
  readonly metricsPage?: MetricsPage;
  /** The routes of the replaced systems; none when left out. */
  readonly rest?: Rest;
  /** How often one address may call GraphQL; without limit when left out. */
  readonly limit?: RequestLimit;
  /** Where the browser's part was built to; no pages when left out. */
  readonly publicDir?: string;
};

const MAX_PARAM_LENGTH = 16 * 1024;
const JWKS_MAX_AGE_SECONDS = 300;

/** How often Node looks for connections that are late. */
const CHECKING_MS = 5_000;

/** Fastify's own default of no time-out lets a request trickle in for ever. */
function timeouts({ HEADERS_SECONDS, REQUEST_SECONDS, KEEP_ALIVE_SECONDS }: Config) {
  const requestTimeout = REQUEST_SECONDS * 1_000;
  return {
    requestTimeout,
    keepAliveTimeout: KEEP_ALIVE_SECONDS * 1_000,
    // A missing host is refused with the headers of every other answer.
    http: {
      requestTimeout,
      headersTimeout: HEADERS_SECONDS * 1_000,
      connectionsCheckingInterval: CHECKING_MS,
      requireHostHeader: false,
    },
  };
}

/** The body of a refusal for which no route speaks: in the words of the system that the address is of. */
function refusalBody({ rest }: AppServices, { url, id }: Pick<FastifyRequest, "url" | "id">, failure: HttpFailure): object {
  return rest === undefined ? failureBody(failure, id) : rest.refuse(url, failure, id);
}

function serverOptions(services: AppServices, rawRefusal: RawRefusal): FastifyServerOptions {
  const { config, log } = services;
  const headers = securityHeaders(config.PUBLIC_URL);
  return {
    ...timeouts(config),
    clientErrorHandler: (error, socket) => rawRefusal.handle(error, socket),
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "correlationId" }),
    genReqId: correlationIdOf,
    trustProxy: config.TRUSTED_PROXIES.length > 0 ? [...config.TRUSTED_PROXIES] : false,
    bodyLimit: config.BODY_BYTES,
    forceCloseConnections: "idle",
    // What arrives on a connection that is open still is answered.
    return503OnClosing: false,
    // An address that cannot be decoded is refused before any hook runs.
    frameworkErrors: (error, request, reply) => {
      const failure = failureOf(error);
      const refused = (reply as FastifyReply).headers(headers).header("x-request-id", request.id).code(failure.status);
      void refused.send(refusalBody(services, request, failure));
    },
    // A name of 64 characters takes up to nine times as many when it is percent-encoded.
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
  };
}

/** The server, of https where the configuration names a certificate. */
function createServer(services: AppServices, rawRefusal: RawRefusal): FastifyInstance {
  const { config } = services;
  const options = serverOptions(services, rawRefusal);
  const tls = readTls(config);
  if (tls === null) return fastify(options);
  const { http } = timeouts(config);
  const https = { ...http, ...tls.options, handshakeTimeout: http.headersTimeout };
  const secure = { ...options, https } as FastifyHttpsOptions<HttpsServer, FastifyBaseLogger>;
  const app = fastify(secure) as unknown as FastifyInstance;
  tls.follow(app);
  return app;
}

const TOKEN_IN_URL: HttpFailure = {
  status: 400,
  code: "BAD_USER_INPUT",
  message: "A service token belongs into the header Authorization. Revoke this one: addresses are kept in many logs.",
};

function registerEdge(app: FastifyInstance, services: AppServices): void {
  const headers = securityHeaders(services.config.PUBLIC_URL);
  // By callbacks, here and in all hooks of every request: a promise each would be a tenth of a small request's work.
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(headers).header("x-request-id", request.id);
    const fault = faultOfHead(request.raw);
    if (fault !== null) {
      const failure = { ...refusal(400), message: fault };
      return void reply
        .code(400)
        .header("connection", "close")
        .send(refusalBody(services, request, failure));
    }
    if (hasServiceToken(request.url)) return void reply.code(400).send(refusalBody(services, request, TOKEN_IN_URL));
    const encoding = request.headers["content-encoding"];
    // A body that unfolds to more than was sent is a bomb; nobody sends us large ones.
    if (encoding !== undefined && encoding !== "identity") {
      return void reply.code(415).send(refusalBody(services, request, refusal(415)));
    }
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    // No hook has run for a method that the router has never heard of.
    if (!reply.hasHeader("x-request-id")) reply.headers(headers);
    return reply.send(failureBody(prepareFailure(error, request, reply), request.id));
  });
}

/** Keeps what is too much away from the app's own listener. */
function guardAgainstOverload(app: FastifyInstance, services: AppServices, inFlight: InFlightLimit): void {
  const { config, metrics, log } = services;
  const refuse = createOverloadRefusal({
    headers: securityHeaders(config.PUBLIC_URL),
    bodyOf: (request, failure) =>
      request.url.startsWith("/graphql") ? graphqlFailure(failure, request.id) : refusalBody(services, request, failure),
    metrics,
    log,
  });
  const longestWaitMs = config.REQUEST_WAIT_SECONDS * 1_000;
  const admission = createAdmission({ mostWaiting: config.REQUESTS_WAITING, longestWaitMs, inFlight, refuse });
  admission.guard(app.server);
  app.addHook("onClose", async () => admission.close());
  metrics.watchQueue("requests", admission.waiting);
}

/** The HTTP app over the services, ready to listen or to be injected into; it never listens by itself. */
export async function createApp(services: AppServices): Promise<FastifyInstance> {
  const { config } = services;
  const rawRefusal = createRawRefusal(securityHeaders(config.PUBLIC_URL));
  const app = createServer(services, rawRefusal);
  const inFlight = createInFlightLimit({ most: config.REQUESTS_IN_FLIGHT, mostOfCaller: config.CALLER_REQUESTS });
  const { publicDir = null } = services;
  app.server.maxConnections = config.CONNECTIONS;
  // Node keeps back what is beyond 2,000, a second host among it; how many there may be, the size of all decides.
  app.server.maxHeadersCount = 0;
  guardAgainstOverload(app, services, inFlight);
  rawRefusal.watch(app.server);
  takeAbsoluteTargets(app.server);
  registerDraining(app);
  closeStalledAnswers(app, config.STALL_SECONDS * 1_000);
  registerRequestTrace(app, services.tracing ?? null);
  registerRequestLog(app, services.metrics);
  registerEdge(app, services);
  registerHealth(app, services.readiness);
  app.get("/.well-known/jwks.json", async (_request, reply) =>
    reply.header("cache-control", `public, max-age=${JWKS_MAX_AGE_SECONDS}`).send(await services.jwks()),
  );
  refuseMethods(app, "/.well-known/jwks.json", READING);
  await registerAssets(app, publicDir);
  registerPages(app, publicDir, (request, reply) => reply.code(404).send(refusalBody(services, request, refusal(404))));
  await app.register(async (working) => {
    inFlight.register(working);
    await services.rest?.register(working, publicDir);
    if (services.metricsPage !== undefined) registerMetrics(working, services.metricsPage);
    await working.register((scope) => {
      if (services.limit !== undefined) scope.addHook("onRequest", services.limit);
      return registerGraphql(scope, services, publicDir);
    });
  });
  await app.ready();
  return app;
}
