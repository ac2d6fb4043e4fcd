import { STATUS_CODES } from "node:http";
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from "fastify";
import { type ExecutionResult, GraphQLError } from "graphql";
import { createHandler, type RequestParams, type Response as StreamAnswer } from "graphql-sse";
import type { Viewer } from "../access/viewer.ts";
import { badInput, GatewayError } from "../errors.ts";
import { refusal } from "../http/error-reply.ts";
import { refuseMethods } from "../http/refused-methods.ts";
import type { Documents } from "./documents.ts";
import { endWhen } from "./end-when.ts";
import { formatGraphqlError, operationFailureOf, recordErrors } from "./error-format.ts";
import { createOperationMetrics } from "./operation-metrics.ts";
import { isMembers, type PersistedOperations } from "./persisted-operations.ts";
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
function refuseStream(context: EdgeContext, error: unknown): StreamAnswer {
  const errors = [error instanceof GraphQLError ? error : new GraphQLError("", { originalError: error as Error })];
  const { status, retryAfterSeconds } = operationFailureOf(errors[0]);
  const headers = {
    "content-type": "application/json; charset=utf-8",
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
  };
  return [JSON.stringify(formatResult(context, { errors })), { status, statusText: STATUS_CODES[status] ?? "", headers }];
}

/** The resolver judged the viewer of then. @throws {GatewayError} FORBIDDEN once the caller has lost a permission since */
function requireNoLess(then: Viewer, now: Viewer): void {
  const isLess = [...then.permissions].some((permission) => !now.permissions.has(permission));
  if (isLess) throw new GatewayError("FORBIDDEN", "What you may do has changed: subscribe again.");
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
      const recheck = async () => requireNoLess(viewer, await authenticate(request.headers.authorization, viewer.origin));
      const life = streams.open(viewer.id ?? request.ip, recheck);
      const abandon = () => {
        life.close();
        deadline.abandon();
      };
      // Whoever went away while they were asked who they are has no further end.
      if (reply.raw.destroyed) abandon();
      else reply.raw.once("close", abandon);
      metrics.note(document, operation, [], performance.now() - context.startedAt);
      return { schema, document, operationName, variableValues: variables, contextValue: Object.assign(context, { life }) };
    } catch (error) {
      metrics.note(undefined, undefined, [error as GraphQLError], performance.now() - context.startedAt);
      return refuseStream(context, error);
    }
  }

  return createHandler<FastifyRequest, { readonly reply: FastifyReply }, StreamContext>({
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

/** The body, if it can be a request: the handler would wait for another one. @throws {GatewayError} BAD_USER_INPUT */
function requireParams(body: unknown): Record<string, unknown> {
  if (!isMembers(body)) throw new GatewayError("BAD_USER_INPUT", "The body must be a JSON object with a query.");
  const { query, operationName, variables, extensions } = body;
  if (typeof query !== "string") throw badInput("query", "query must be a text.");
  if (typeof (operationName ?? "") !== "string") throw badInput("operationName", "operationName must be a text.");
  if (!isMembers(variables ?? {})) throw badInput("variables", "variables must be an object.");
  if (!isMembers(extensions ?? {})) throw badInput("extensions", "extensions must be an object.");
  return body;
}

const HANDLED_HEADERS = new Map([
  ["content-type", "application/json"],
  ["accept", "text/event-stream"],
]);
/** All that the handler looks at, in the one spelling that it knows. */
const HANDLED = { get: (name: string) => HANDLED_HEADERS.get(name) };

/** Sends what the handler says: a refusal whole, and events as they come. */
function sendStream(reply: FastifyReply, [body, { status, headers }]: StreamAnswer): FastifyReply {
  reply.code(status);
  if (body === null || typeof body === "string") return reply.headers(headers ?? {}).send(body ?? "");
  // Of the handler's headers no other is needed: its rule of caching would replace ours. Whoever kept the connection idle
  // would keep a server from closing.
  return reply.headers({ "content-type": headers?.["content-type"], connection: "close" }).send(Readable.from(body));
}

const ADDRESS = "/graphql/stream";

/**
 * `POST /graphql/stream`: one subscription per request, answered as server-sent events (the protocol of graphql-sse,
 * distinct connections). A stream ends when its session does, or when its caller may do less, at the latest some seconds after.
 */
export function registerStream(app: FastifyInstance, services: StreamServices): void {
  const streams = new OpenStreams(services.config.CALLER_STREAMS);
  const handle = createStreamHandler(services, streams);
  app.draining.lastCall.addEventListener("abort", () => streams.endAll(), { once: true });
  const onRequest: onRequestHookHandler = (request, _reply, done) => {
    request.isWaiting = true;
    done();
  };
  refuseMethods(app, ADDRESS, ["POST"]);
  app.post(ADDRESS, { onRequest }, async (request, reply) => {
    if (!request.headers.accept?.toLowerCase().includes("text/event-stream")) {
      return reply.code(406).send({ errors: [{ message: refusal(406).message, extensions: { code: "BAD_USER_INPUT" } }] });
    }
    const { method, url } = request;
    const body = requireParams(request.body);
    return sendStream(reply, await handle({ method, url, headers: HANDLED, body, raw: request, context: { reply } }));
  });
}
