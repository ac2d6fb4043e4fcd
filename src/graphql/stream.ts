import { STATUS_CODES } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type ExecutionResult, GraphQLError } from "graphql";
import type { RequestParams } from "graphql-sse";
import { createHandler } from "graphql-sse/lib/use/fastify";
import { refusal } from "../http/error-reply.ts";
import { watchAnswer } from "../http/stalled-answers.ts";
import type { Documents } from "./documents.ts";
import { endWhen } from "./end-when.ts";
import { formatGraphqlError, operationFailureOf, recordErrors } from "./error-format.ts";
import { createOperationMetrics } from "./operation-metrics.ts";
import type { PersistedOperations } from "./persisted-operations.ts";
import { createContext, type EdgeContext, type GraphqlServices } from "./request-context.ts";
import { requireRunnable } from "./runnable-operation.ts";
import { OpenStreams, type StreamLife } from "./stream-life.ts";
import { checkSubscription } from "./subscription-document.ts";

type StreamContext = EdgeContext & { readonly life: StreamLife };

function formatResult({ viewer, log }: EdgeContext, result: ExecutionResult): ExecutionResult {
  if (result.errors === undefined) return result;
  recordErrors(result.errors, viewer.origin.correlationId, log);
  return { ...result, errors: result.errors.map(formatGraphqlError) as never };
}

/** The answer instead of a stream, in the shape and with the status that `/graphql` gives. */
function refuseStream(
  context: EdgeContext,
  error: unknown,
): [string, { status: number; statusText: string; headers: Record<string, string> }] {
  const errors = [error instanceof GraphQLError ? error : new GraphQLError("", { originalError: error as Error })];
  const { status } = operationFailureOf(errors[0]);
  const headers = { "content-type": "application/json; charset=utf-8" };
  return [JSON.stringify(formatResult(context, { errors })), { status, statusText: STATUS_CODES[status] ?? "", headers }];
}

/** What streams share with `/graphql`. */
export type StreamServices = GraphqlServices & { readonly documents: Documents; readonly persisted: PersistedOperations | null };

function createStreamHandler(services: StreamServices, streams: OpenStreams) {
  const { schema, config, authenticate, documents, persisted } = services;
  const metrics = createOperationMetrics(services);

  async function prepare(request: FastifyRequest, reply: FastifyReply, { query, operationName, variables }: RequestParams) {
    const context = await createContext(services, request, reply);
    const { viewer, deadline } = context;
    try {
      const { document, operation } = checkSubscription(documents, persisted, query, operationName ?? undefined);
      requireRunnable({ schema, document, operation, variables: variables ?? undefined, viewer }, config);
      const recheck = () => authenticate(request.headers.authorization, viewer.origin);
      const life = streams.open(viewer.id ?? request.ip, recheck);
      reply.raw.once("close", () => {
        life.close();
        deadline.abandon();
      });
      metrics.note(document, operation, [], performance.now() - context.startedAt);
      return { schema, document, operationName, variableValues: variables, contextValue: { ...context, life } };
    } catch (error) {
      metrics.note(undefined, undefined, [error as GraphQLError], performance.now() - context.startedAt);
      return refuseStream(context, error);
    }
  }

  return createHandler<StreamContext>({
    // Null: one connection per subscription, and no reservations that outlive a request.
    authenticate: () => null,
    onSubscribe: ({ raw, context: { reply } }, params) => prepare(raw, reply, params),
    // The document was checked while preparing, by more rules than this would know.
    validate: () => [],
    onOperation: async ({ life }, _request, _args, operation) => {
      const result = await operation;
      return Symbol.asyncIterator in result ? endWhen(result[Symbol.asyncIterator](), life.ended) : result;
    },
    onNext: (context, _request, result) => formatResult(context, result as ExecutionResult),
  });
}

/**
 * `POST /graphql/stream`: one subscription per request, answered as server-sent events (the protocol of graphql-sse,
 * distinct connections). A stream ends when its session does, at the latest some seconds after.
 */
export function registerStream(app: FastifyInstance, services: StreamServices): void {
  const streams = new OpenStreams(services.config.CALLER_STREAMS);
  const handle = createStreamHandler(services, streams);
  app.draining.lastCall.addEventListener("abort", () => streams.endAll(), { once: true });
  app.post("/graphql/stream", async (request, reply) => {
    if (!request.headers.accept?.includes("text/event-stream")) {
      return reply.code(406).send({ errors: [{ message: refusal(406).message, extensions: { code: "BAD_USER_INPUT" } }] });
    }
    // The handler knows no other spelling.
    request.headers.accept = "text/event-stream";
    watchAnswer(reply.raw, services.config.STALL_SECONDS * 1_000);
    await handle(request, reply);
    // The handler keeps the connection alive, and a server that closes would wait for whoever holds it idle.
    request.raw.socket.end();
    return reply;
  });
}
