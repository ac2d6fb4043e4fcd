import { type ApolloServer, HeaderMap, type HTTPGraphQLResponse } from "@apollo/server";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type PublicDir, readBuiltPage } from "../http/built-page.ts";
import { type HttpFailure, prepareFailure } from "../http/error-reply.ts";
import { createJsonParser } from "../http/json-body.ts";
import { refuseMethods } from "../http/refused-methods.ts";
import { createSessionCookieGuard } from "../http/session-cookie-guard.ts";
import { startApollo } from "./apollo.ts";
import { createDocuments } from "./documents.ts";
import { OperationSlots } from "./operation-slots.ts";
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

/** Runs what one caller asks when it is its turn; strangers have no turns, but the limit on all requests. */
async function inSlot<Result>(slots: OperationSlots, callerId: string | null, run: () => Promise<Result>): Promise<Result> {
  if (callerId === null) return run();
  await slots.enter(callerId);
  try {
    return await run();
  } finally {
    slots.leave(callerId);
  }
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
  const slots = new OperationSlots(config.CALLER_OPERATIONS, config.CALLER_OPERATIONS_WAITING);
  const page = readBuiltPage(publicDir, "playground/index.html");
  services.metrics.watchQueue("caller-operations", () => slots.waiting());

  app.removeAllContentTypeParsers();
  const bodyLimit = config.GRAPHQL_BODY_BYTES;
  app.addContentTypeParser("application/json", { parseAs: "string", bodyLimit }, createJsonParser(config));
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
      return inSlot(slots, context.viewer.id, async () => sendAnswer(reply, await answer()));
    },
  });
  refuseMethods(app, "/graphql", ["GET", "POST"]);
  registerStream(app, { ...services, documents, persisted });
}
