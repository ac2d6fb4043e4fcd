import { ApolloServer, type ApolloServerOptionsWithSchema } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from "@apollo/server/plugin/disabled";
import type { DocumentNode, GraphQLSchema } from "graphql";
import { LRUCache } from "lru-cache";
import type { Config } from "../config.ts";
import { createEdgePlugin } from "./edge-plugin.ts";
import { formatGraphqlError } from "./error-format.ts";
import { LIMIT_RULES, LIMITS } from "./limits/limits.ts";
import type { EdgeContext } from "./request-context.ts";

const MAX_DOCUMENTS = 1_000;

/** Documents that were parsed and found valid, so that a client's constant texts are checked once. */
function createDocumentStore(): NonNullable<ApolloServerOptionsWithSchema<EdgeContext>["documentStore"]> {
  const documents = new LRUCache<string, DocumentNode>({ max: MAX_DOCUMENTS });
  return {
    get: async (key) => documents.get(key),
    set: async (key, document) => void documents.set(key, document),
    delete: async (key) => documents.delete(key),
  };
}

/**
 * Apollo Server over the schema, started. Nothing that Postern does not promise is on: no batching, no persisted
 * queries, no landing page, no cache hints, no signal handlers, no stack traces.
 */
export async function startApollo(
  schema: GraphQLSchema,
  introspection: Config["INTROSPECTION"],
  logger: ApolloServerOptionsWithSchema<EdgeContext>["logger"],
): Promise<ApolloServer<EdgeContext>> {
  const server = new ApolloServer<EdgeContext>({
    schema,
    logger,
    nodeEnv: "production",
    // Decided per viewer by the edge plugin, since valid documents are remembered for all.
    introspection: true,
    plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled(), createEdgePlugin(introspection)],
    documentStore: createDocumentStore(),
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    parseOptions: { maxTokens: LIMITS.tokens },
    maxRecursiveSelections: LIMITS.recursiveSelections,
    validationRules: [...LIMIT_RULES],
    validationOptions: { maxErrors: 1 },
    formatError: (_formatted, error) => formatGraphqlError(error),
  });
  await server.start();
  return server;
}
