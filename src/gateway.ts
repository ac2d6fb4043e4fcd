import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { ENVIRONMENT_TOKEN_ID } from "./access/service-token-authenticator.ts";
import { type AppServices, createApp } from "./app.ts";
import { GatewayError } from "./errors.ts";
import type { Authenticate } from "./graphql/request-context.ts";
import { createResolvers, gatewaySchema } from "./graphql/schema.ts";
import { createRequestLimits } from "./http/request-limit.ts";
import { systemClock } from "./identifiers.ts";
import { traceServices } from "./observability/traced-services.ts";
import { createRest } from "./rest/rest.ts";
import type { Services } from "./services.ts";

/** The rooms whose services answer requests. */
function serviceRoomsOf(services: Services) {
  const { access, auditChains, auditEvents, credentials, keyAdministration, projects, settings, sync, upstreamUse } = services;
  return { access, auditChains, auditEvents, credentials, keyAdministration, projects, settings, sync, upstreamUse };
}

export type GatewayOptions = Pick<AppServices, "publicDir">;

/** The HTTP app over all services, ready to listen. */
export function createGateway(untraced: Services, log: Logger, options: GatewayOptions = {}): Promise<FastifyInstance> {
  const { tracing } = untraced;
  const services = tracing === null ? untraced : { ...untraced, ...traceServices(serviceRoomsOf(untraced), tracing) };
  const { access, config, connectors, credentials, database, upstreamUse } = services;
  const resolvers = createResolvers(services);
  const onFailure = (error: unknown) => log.warn({ err: error }, "requests are counted by this node alone");
  const limits = createRequestLimits({ counters: services.limiter, config, clock: systemClock, onFailure });
  const authenticate: Authenticate = async (authorization, origin) => {
    const viewer = await access.authentication.authenticate(authorization, origin);
    if (viewer.id !== null) limits.takeOfCaller(viewer.id);
    return viewer;
  };
  const authenticateForGraphql: Authenticate = async (authorization, origin) => {
    const viewer = await authenticate(authorization, origin);
    // It stands in the environments of test machines, for one REST route.
    if (viewer.id === ENVIRONMENT_TOKEN_ID) throw new GatewayError("UNAUTHENTICATED", "This token is for another route.");
    return viewer;
  };
  const rest = createRest({
    ...access,
    ...credentials,
    ...upstreamUse,
    connectors,
    config,
    authentication: { ...access.authentication, authenticate },
    authenticate,
    limits,
    clock: systemClock,
  });
  return createApp({
    ...options,
    config,
    log,
    resolvers,
    schema: gatewaySchema(),
    authenticate: authenticateForGraphql,
    rest,
    limit: limits.GENERAL,
    metrics: services.metrics,
    tracing,
    metricsPage: { exposition: services.exposition, authenticate },
    jwks: () => access.signingKeys.readJwks(),
    readiness: {
      database: () => database.ping(),
      migrations: () => database.checkMigrations(),
      keyRing: () => services.checkKeyRing(),
    },
  });
}
