import type { FastifyReply, FastifyRequest } from "fastify";
import type { GraphQLError, GraphQLSchema } from "graphql";
import type { RequestOrigin, Viewer } from "../access/viewer.ts";
import type { Config } from "../config.ts";
import { GatewayError } from "../errors.ts";
import { whenGone } from "../http/gone-caller.ts";
import { originOf } from "../http/request-origin.ts";
import { type SessionCookie, sessionCookieOf } from "../http/session-cookie.ts";
import type { Metrics } from "../observability/metrics.ts";
import type { Tracing } from "../observability/tracing.ts";
import { type GraphqlContext, LoaderScope, type ResolverInstances } from "./context.ts";
import { Deadline } from "./deadline.ts";

/**
 * Who calls, by the `Authorization` header (undefined: anonymous).
 * @throws {GatewayError} UNAUTHENTICATED for a header that names no living session, UNAVAILABLE without the store.
 */
export type Authenticate = (authorization: string | undefined, origin: RequestOrigin) => Promise<Viewer>;

/** What GraphQL is served from. */
export type GraphqlServices = {
  readonly config: Config;
  readonly schema: GraphQLSchema;
  readonly resolvers: ResolverInstances;
  readonly authenticate: Authenticate;
  readonly metrics: Metrics;
  /** Off when left out or null. */
  readonly tracing?: Tracing | null;
};

/** What the edge itself needs beside what resolvers get. */
export type EdgeContext = GraphqlContext & {
  readonly deadline: Deadline;
  readonly log: FastifyRequest["log"];
  /** What is wrong with the document, if anything: said in place of an answer. */
  refusal: GraphQLError | null;
  /** From now on the operation's signal ends too when its caller goes away: for one that may wait long for an upstream. */
  endWithCaller(): void;
  /** When the request was looked at first, by `performance.now()`. */
  readonly startedAt: number;
};

/** A class, since a getter in a literal makes a slow object of each. */
class RequestContext implements EdgeContext {
  readonly deadline = new Deadline();
  readonly loaders: LoaderScope;
  refusal: GraphQLError | null = null;

  constructor(
    readonly viewer: Viewer,
    readonly cookie: SessionCookie | undefined,
    readonly resolvers: ResolverInstances,
    readonly log: EdgeContext["log"],
    readonly startedAt: number,
    private readonly answer: FastifyReply["raw"],
  ) {
    this.loaders = new LoaderScope(viewer);
  }

  endWithCaller(): void {
    const { answer, deadline } = this;
    if (answer.destroyed) deadline.abandon();
    else whenGone(answer, () => deadline.abandon());
  }

  get signal(): AbortSignal {
    return this.deadline.signal;
  }
}

/** True for the refusal that a client answers by refreshing its session. */
function isUnauthenticated(error: unknown): boolean {
  return error instanceof GatewayError && error.code === "UNAUTHENTICATED";
}

/**
 * The context of a request. A token that is refused makes the caller anonymous and is told by `WWW-Authenticate`: so
 * `me` is null, login and refresh work with a stale header, and everything that needs a permission is UNAUTHENTICATED.
 * @throws {GatewayError} RATE_LIMITED for a caller of whom too many requests are worked on, UNAVAILABLE without the store
 */
export async function createContext(
  { authenticate, resolvers }: GraphqlServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<EdgeContext> {
  const startedAt = performance.now();
  const origin = originOf(request);
  const viewer = await authenticate(request.headers.authorization, origin).catch((error: unknown) => {
    if (!isUnauthenticated(error)) throw error;
    reply.header("www-authenticate", 'Bearer error="invalid_token"');
    return authenticate(undefined, origin);
  });
  request.viewerId = viewer.id;
  request.server.countCallersPlace(request);
  return new RequestContext(viewer, sessionCookieOf(request, reply), resolvers, request.log, startedAt, reply.raw);
}
