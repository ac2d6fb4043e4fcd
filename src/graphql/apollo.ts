import { ApolloServer, type ApolloServerOptionsWithSchema } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from "@apollo/server/plugin/disabled";
import type { Documents } from "./documents.ts";
import { createEdgePlugin } from "./edge-plugin.ts";
import { formatGraphqlError } from "./error-format.ts";
import { createLimitRules } from "./limits/limits.ts";
import { createOperationMetrics } from "./operation-metrics.ts";
import type { EdgeContext, GraphqlServices } from "./request-context.ts";

/** The documents as Apollo asks for them: by a key that ends with the digest of the text. It never has any to add. */
function asDocumentStore(documents: Documents): NonNullable<ApolloServerOptionsWithSchema<EdgeContext>["documentStore"]> {
  return {
    get: async (key) => documents.find(key.slice(key.lastIndexOf(":") + 1)),
    set: async () => {},
    delete: async () => false,
  };
}

/**
 * Apollo Server over the schema, started. It is given documents that were checked; one that it met otherwise would meet
 * the same limits here. Nothing that Postern does not promise is on: no batching, no persisted
 * queries, no landing page, no cache hints, no signal handlers, no stack traces.
 */
export async function startApollo(
  { schema, config, ...telemetry }: Pick<GraphqlServices, "schema" | "config" | "metrics" | "tracing">,
  documents: Documents,
  logger: ApolloServerOptionsWithSchema<EdgeContext>["logger"],
): Promise<ApolloServer<EdgeContext>> {
  const server = new ApolloServer<EdgeContext>({
    schema,
    logger,
    nodeEnv: "production",
    // Decided per viewer by the edge plugin, since valid documents are remembered for all.
    introspection: true,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      createEdgePlugin(config, createOperationMetrics(telemetry)),
    ],
    documentStore: asDocumentStore(documents),
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    parseOptions: { maxTokens: config.GRAPHQL_TOKENS },
    validationRules: [...createLimitRules(config)],
    validationOptions: { maxErrors: 1 },
    formatError: (_formatted, error) => formatGraphqlError(error),
  });
  await server.start();
  return server;
}
