import { z } from "zod";
import type { Viewer } from "../access/viewer.ts";
import type { HttpFailure } from "../http/error-reply.ts";

/** Who may come to a route: everybody, users by their access token, machines by their service token, or either of the two. */
export type Callers = "PUBLIC" | "USER" | "SERVICE" | "ANY";

/** What a route's handler gets: the caller, and what was sent, as the route's schemas give it. */
export type Call<Params, Query, Body> = {
  readonly viewer: Viewer;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
};

export type Answer = { readonly status: number; readonly body: unknown };

/** A status that a route answers with, in words, and the shape of its body. */
type Described = { readonly about: string; readonly schema: z.ZodType };
type Answers = Readonly<Record<number, Described>>;

/** One of the declared statuses with a body of its schema. */
type DeclaredAnswer<Declared extends Answers> = {
  [Status in keyof Declared & number]: { readonly status: Status; readonly body: z.input<Declared[Status]["schema"]> };
}[keyof Declared & number];

type Shared = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** With `{name}` where a parameter stands, as OpenAPI writes it. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly callers: Callers;
  /** What is refused, by status, beside what every route may refuse. */
  readonly refusals?: Readonly<Record<number, string>>;
};

export type BodyType = "json" | "form";

/** One route: its HTTP side and its part of the OpenAPI document come from this alone. */
export type Route = Shared & {
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: { readonly type: BodyType; readonly schema: z.ZodObject } | null;
  readonly answers: Answers;
  handle(call: Call<unknown, unknown, unknown>): Promise<Answer>;
};

type Definition<Params, Query, Body, Declared extends Answers> = Shared & {
  readonly params?: z.ZodObject & z.ZodType<Params>;
  readonly query?: z.ZodObject & z.ZodType<Query>;
  readonly body?: { readonly type: BodyType; readonly schema: z.ZodObject & z.ZodType<Body> };
  readonly answers: Declared;
  readonly handle: (call: Call<Params, Query, Body>) => Promise<DeclaredAnswer<Declared>>;
};

const NOTHING = z.object({});

/** An answer, with its status and texts typed as they stand. */
export function answer<const Status extends number, const Body>(status: Status, body: Body) {
  return { status, body };
}

/** A route whose handler is typed by its schemas: what it gets and what it may answer. */
export function defineRoute<Params, Query, Body, const Declared extends Answers>(
  definition: Definition<Params, Query, Body, Declared>,
): Route {
  const { params = NOTHING, query = NOTHING, body = null, handle, ...rest } = definition;
  // The router parses by these very schemas before it calls.
  return { ...rest, params, query, body, handle: (call) => handle(call as Call<Params, Query, Body>) };
}

/** One of the replaced systems: its routes, the addresses that are its own, and how it words failures. */
export type RestSystem = {
  readonly name: string;
  readonly about: string;
  /** Whatever lies under these and is no route is refused in the system's shape. */
  readonly prefixes: readonly string[];
  readonly failures: FailureShape;
  readonly routes: readonly Route[];
  /** The group of the rate limit that counts its requests. */
  readonly limit: "MACHINES" | "GENERAL";
};

/** What a system may say in its own words: a failure's status and message, and why it was refused unlooked at. */
export type WordedFailure = Pick<HttpFailure, "status" | "message" | "reason">;

/** How a system words failures: under which key, and what it says instead of Postern's own words and status. */
export type FailureShape = {
  readonly key: "detail" | "error";
  readonly reword?: (failure: WordedFailure) => Pick<HttpFailure, "status" | "message">;
};
