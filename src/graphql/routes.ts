import { type ApolloServer, HeaderMap, type HTTPGraphQLResponse } from "@apollo/server";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GatewayError } from "../errors.ts";
import { type PublicDir, readBuiltPage } from "../http/built-page.ts";
import { type HttpFailure, prepareFailure } from "../http/error-reply.ts";
import { createJsonParser } from "../http/json-body.ts";
import { refuseMethods } from "../http/refused-methods.ts";
import { createSessionCookieGuard } from "../http/session-cookie-guard.ts";
import { Turns } from "../turns.ts";
import { startApollo } from "./apollo.ts";
import { createDocuments } from "./documents.ts";
import { readPersistedOperations } from "./persisted-operations.ts";
import { sendPlayground, wantsPlayground } from "./playground.ts";
import { createContext, type EdgeContext, type GraphqlServices } from "./request-context.ts";
import { createDocumentCheck, type PreparedRequest } from "./request-document.ts";
import { registerStream } from "./stream.ts";

/** The headers that Apollo looks at where nothing came but them; copying these few is cheaper than all. */
const APOLLO_HEADERS = ["content-type", "accept", "apollo-require-preflight", "x-apollo-operation-name"];

/** A body that was taken is JSON, which no foreign page can send unasked: Apollo need not find that out again. */
const BODY_WAS_TAKEN = ["apollo-require-preflight", "application/json"] as const;
const HEADERS_OF_BODY = new HeaderMap([BODY_WAS_TAKEN]);

function apolloHeadersOf({ headers, body }: FastifyRequest): HeaderMap {
  const { accept } = headers;
  if (body !== undefined) return accept === undefined ? HEADERS_OF_BODY : new HeaderMap([BODY_WAS_TAKEN, ["accept", accept]]);
  const copied = new HeaderMap();
  for (const name of APOLLO_HEADERS) {
    const value = headers[name];
    if (typeof value === "string") copied.set(name, value);
  }
  return copied;
}

/** The answer to a request that was refused before it was an operation, in the shape of GraphQL. */
export function graphqlFailure({ code, message, retryAfterSeconds }: HttpFailure, correlationId: string): object {
  const extensions = { code, retryAfterSeconds, ...(code === "INTERNAL" ? { correlationId } : {}) };
  return { errors: [{ message, extensions }] };
}

function execute(
  apollo: ApolloServer<EdgeContext>,
  request: FastifyRequest,
  { body, search, refusal }: PreparedRequest,
  context: EdgeContext,
): Promise<HTTPGraphQLResponse> {
  const httpGraphQLRequest = { method: request.method, headers: apolloHeadersOf(request), search, body };
  context.refusal = refusal;
  return context.deadline.within(apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context: async () => context }));
}

function sendAnswer(reply: FastifyReply, { status, headers, body }: HTTPGraphQLResponse): FastifyReply {
  for (const [name, value] of headers) if (name !== "cache-control") reply.header(name, value);
  reply.code(status ?? 200);
  return reply.send(body.kind === "complete" ? body.string : body.asyncIterator);
}

function tooManyOperations(): GatewayError {
  return new GatewayError("RATE_LIMITED", "Too many operations at once.", { retryAfterSeconds: 1, reason: "caller-operations" });
}

/**
 * GraphQL over HTTP at `/graphql` (POST and GET; GET for queries alone), subscriptions at `/graphql/stream`, and the
 * playground at `/graphql` for browsers. Register it in a scope of its own: it takes no body but JSON.
 */
export async function registerGraphql(app: FastifyInstance, services: GraphqlServices, publicDir: PublicDir): Promise<void> {
  const { config, schema, tracing = null } = services;
  const documents = createDocuments(schema, config);
  const persisted = readPersistedOperations(config, publicDir);
  const prepare = createDocumentCheck(documents, persisted);
  const apollo = await startApollo(services, documents, app.log);
  const line = { most: config.CALLER_OPERATIONS_WAITING, tooMany: tooManyOperations };
  const turns = new Turns({ atOnce: config.CALLER_OPERATIONS, line });
  const page = readBuiltPage(publicDir, "playground/index.html");
  services.metrics.watchQueue("caller-operations", () => turns.waiting());

  app.removeAllContentTypeParsers();
  const bodyLimit = config.GRAPHQL_BODY_BYTES;
  app.addContentTypeParser("application/json", { parseAs: "buffer", bodyLimit }, createJsonParser(config));
  app.setErrorHandler((error, request, reply) => reply.send(graphqlFailure(prepareFailure(error, request, reply), request.id)));
  app.addHook("onRequest", createSessionCookieGuard(config.PUBLIC_URL));
  app.addHook("onClose", () => apollo.stop());

  app.route({
    method: ["GET", "POST"],
    url: "/graphql",
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      if (page !== null && wantsPlayground(request)) return sendPlayground(reply, page);
      const context = await createContext(services, request, reply);
      const run = () => execute(apollo, request, prepare(request), context);
      const answer = tracing === null ? run : () => tracing.run("graphql", "internal", {}, run);
      const answerTo = async () => sendAnswer(reply, await answer());
      // Strangers have no turns, but the limit on all requests.
      return context.viewer.id === null ? answerTo() : turns.run(answerTo, context.viewer.id);
    },
  });
  refuseMethods(app, "/graphql", ["GET", "POST"]);
  registerStream(app, { ...services, documents, persisted });
}
