import formbody from "@fastify/formbody";
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from "fastify";
import type { Viewer } from "../access/viewer.ts";
import { signalWhenGone } from "../http/gone-caller.ts";
import { createJsonParser, type JsonLimits } from "../http/json-body.ts";
import { methodsBut, REFUSAL, RequestRefused, refuseLate, refuseMethod } from "../http/refused-methods.ts";
import type { RequestLimits } from "../http/request-limit.ts";
import { type CallerServices, identifyCaller, viewerOf } from "./caller.ts";
import { discardBody } from "./discard-body.ts";
import { sendFailure } from "./failure.ts";
import { parseMultipart } from "./multipart.ts";
import { parseValues } from "./request-values.ts";
import type { BodyType, Call, RestSystem, Route } from "./route.ts";

export type SystemServices = CallerServices & { readonly limits: RequestLimits; readonly config: JsonLimits };

/** Puts a system's routes into the app, and a refusal in its own shape wherever else under its addresses somebody knocks. */
export async function registerSystem(app: FastifyInstance, system: RestSystem, services: SystemServices): Promise<void> {
  await app.register(async (scope) => {
    scope.setErrorHandler(async (error, request, reply) => {
      await discardBody(request.raw);
      return sendFailure(system.failures, error, request, reply);
    });
    scope.addHook("onRequest", services.limits[system.limit]);
    for (const type of ["json", "form"] as const) {
      const routes = system.routes.filter((route) => (route.body?.type ?? "json") === type);
      await scope.register(async (inner) => {
        await takeBodies(inner, type, services.config);
        for (const route of routes) registerRoute(inner, route, services);
      });
    }
    refuseTheRest(scope, system);
  });
}

/** Several times what the longest name and password take, percent-encoded: strangers send forms, and reading one is slow. */
const MOST_FORM_BYTES = 64 * 1024;

/** Routes take JSON, or a form in either media type; whatever else comes is 415. */
async function takeBodies(scope: FastifyInstance, type: BodyType, limits: JsonLimits): Promise<void> {
  scope.removeAllContentTypeParsers();
  if (type === "form") {
    await scope.register(formbody, { bodyLimit: MOST_FORM_BYTES });
    scope.addContentTypeParser<Buffer>(
      "multipart/form-data",
      { parseAs: "buffer", bodyLimit: MOST_FORM_BYTES },
      async ({ headers }: FastifyRequest, body: Buffer) => parseMultipart(body, headers["content-type"] ?? ""),
    );
    return;
  }
  const parseJson = createJsonParser(limits);
  scope.addContentTypeParser<Buffer>("application/json", { parseAs: "buffer" }, (request, body, done) => {
    // Many clients name the type of a body that they do not send.
    if (body.length === 0) done(null, undefined);
    else parseJson(request, body, done);
  });
  // Some clients name the type of a form by default, also of a POST that sends nothing.
  scope.addContentTypeParser("*", ({ headers }, _body, done) => {
    const isEmpty = headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0;
    if (isEmpty) done(null, undefined);
    else done(new RequestRefused(415));
  });
}

function registerRoute(scope: FastifyInstance, route: Route, services: CallerServices): void {
  for (const url of addressesOf(route.path)) {
    scope.route({
      method: route.method,
      url,
      exposeHeadRoute: false,
      // Before the body is read: strangers cannot make us parse.
      onRequest: async (request) => {
        const viewer = await identifyCaller(services, route.callers, request);
        request.viewer = viewer;
        request.viewerId = viewer.id;
      },
      handler: (request, reply) => answer(route, request, reply),
    });
  }
}

async function answer(route: Route, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const viewer = viewerOf(request);
  const params = parseValues(route.params, request.params);
  const query = parseValues(route.query, request.query);
  const received = route.body === null ? undefined : parseValues(route.body.schema, request.body);
  const { status, body } = await route.handle(new ReceivedCall(viewer, params, query, received, reply));
  return reply.code(status).send(body);
}

/** A call whose signal is made when a handler asks for it; a class, since a getter in a literal makes a slow object of each. */
class ReceivedCall implements Call<unknown, unknown, unknown> {
  constructor(
    readonly viewer: Viewer,
    readonly params: unknown,
    readonly query: unknown,
    readonly body: unknown,
    private readonly reply: FastifyReply,
  ) {}

  get signal(): AbortSignal {
    return signalWhenGone(this.reply);
  }
}

/** A path as the router writes it, with and without the slash that some clients put at the end. */
function addressesOf(path: string): readonly string[] {
  const url = path.replaceAll(/\{(\w+)\}/g, ":$1");
  return [url, `${url}/`];
}

/**
 * Refuses what is under the prefixes and no route, before any body is read: a route's address by another method with 405. One
 * route for all of a prefix, since one for each address and method would make the router ten times as large.
 */
function refuseTheRest(scope: FastifyInstance, { prefixes, routes }: RestSystem): void {
  const methodsOf = (address: string) => routes.filter(({ path }) => path === address).map(({ method }) => method);
  const addresses = [...new Set(routes.map(({ path }) => path))].map((path) => ({
    pattern: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]*")}/?$`),
    taken: methodsOf(path),
  }));
  const onRequest: onRequestHookHandler = async ({ url }, reply) => {
    const path = decodedPathOf(url);
    const address = addresses.find(({ pattern }) => pattern.test(path));
    if (address !== undefined) refuseMethod(reply, address.taken);
    throw new RequestRefused(404);
  };
  const refusal = { onRequest, handler: refuseLate, config: REFUSAL };
  for (const prefix of prefixes) {
    scope.route({ ...refusal, method: methodsBut(scope, methodsOf(prefix)), url: prefix });
    scope.route({ ...refusal, method: methodsBut(scope, []), url: `${prefix}/*` });
  }
}

/** The path as the router reads it. */
function decodedPathOf(url: string): string {
  const [path = ""] = url.split("?");
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
