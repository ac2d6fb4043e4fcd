import { type ApolloServer, HeaderMap, type HTTPGraphQLResponse } from "@apollo/server";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type HttpFailure, prepareFailure, refusal } from "../http/error-reply.ts";
import { startApollo } from "./apollo.ts";
import { LIMITS } from "./limits/limits.ts";
import { readPlayground, sendPlayground, wantsPlayground } from "./playground.ts";
import { createContext, type EdgeContext, type GraphqlServices } from "./request-context.ts";
import { registerStream } from "./stream.ts";

/** The headers that Apollo looks at; copying these few is cheaper than all. */
const APOLLO_HEADERS = ["content-type", "accept", "apollo-require-preflight", "x-apollo-operation-name"];

function graphqlFailure({ code, message, retryAfterSeconds }: HttpFailure, correlationId: string): object {
  const extensions = { code, retryAfterSeconds, ...(code === "INTERNAL" ? { correlationId } : {}) };
  return { errors: [{ message, extensions }] };
}

async function execute(
  apollo: ApolloServer<EdgeContext>,
  request: FastifyRequest,
  context: EdgeContext,
): Promise<HTTPGraphQLResponse> {
  const headers = new HeaderMap();
  for (const name of APOLLO_HEADERS) {
    const value = request.headers[name];
    if (typeof value === "string") headers.set(name, value);
  }
  const queryStart = request.url.indexOf("?");
  const search = queryStart < 0 ? "" : request.url.slice(queryStart);
  const httpGraphQLRequest = { method: request.method, headers, search, body: request.body };
  const answer = apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context: async () => context });
  return Promise.race([answer, context.deadline.expired]).finally(() => context.deadline.stop());
}

function sendAnswer(reply: FastifyReply, { status, headers, body }: HTTPGraphQLResponse): FastifyReply {
  for (const [name, value] of headers) if (name !== "cache-control") reply.header(name, value);
  reply.code(status ?? 200);
  return reply.send(body.kind === "complete" ? body.string : body.asyncIterator);
}

/**
 * GraphQL over HTTP at `/graphql` (POST and GET; GET for queries alone), subscriptions at `/graphql/stream`, and the
 * playground at `/graphql` for browsers. Register it in a scope of its own: it takes no body but JSON.
 */
export async function registerGraphql(app: FastifyInstance, services: GraphqlServices, publicDir: string): Promise<void> {
  const apollo = await startApollo(services.schema, services.config.INTROSPECTION, app.log);
  const page = readPlayground(publicDir);

  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "string", bodyLimit: LIMITS.bodyBytes },
    app.getDefaultJsonParser("error", "error"),
  );
  app.setErrorHandler((error, request, reply) => reply.send(graphqlFailure(prepareFailure(error, request, reply), request.id)));
  app.addHook("onClose", () => apollo.stop());

  app.route({
    method: ["GET", "POST"],
    url: "/graphql",
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      if (page !== null && wantsPlayground(request)) return sendPlayground(reply, page);
      const context = await createContext(services, request, reply);
      return sendAnswer(reply, await execute(apollo, request, context));
    },
  });
  app.route({
    method: ["PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"],
    url: "/graphql",
    handler: async (request, reply) =>
      reply
        .code(405)
        .header("allow", "GET, POST")
        .send(graphqlFailure(refusal(405), request.id)),
  });
  registerStream(app, services);
}
