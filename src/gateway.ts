import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { type AppServices, createApp } from "./app.ts";
import { buildGatewaySchema, createResolvers, RESOLVERS } from "./graphql/schema.ts";
import type { Services } from "./services.ts";

export type GatewayOptions = Pick<AppServices, "publicDir">;

/** The HTTP app over all services, ready to listen. */
export function createGateway(services: Services, log: Logger, options: GatewayOptions = {}): Promise<FastifyInstance> {
  const { access, config, database } = services;
  const resolvers = createResolvers(services);
  return createApp({
    ...options,
    config,
    log,
    resolvers,
    schema: buildGatewaySchema(RESOLVERS, resolvers),
    authenticate: (authorization, origin) => access.authentication.authenticate(authorization, origin),
    jwks: () => access.signingKeys.readJwks(),
    readiness: {
      database: () => database.ping(),
      migrations: () => database.checkMigrations(),
      keyRing: () => services.checkKeyRing(),
    },
  });
}
