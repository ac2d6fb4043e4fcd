import { z } from "zod";
import { CALL_METHODS } from "../upstream/call-target.ts";
import type { Callers, FailureShape, RestSystem, Route } from "./route.ts";

type Json = Readonly<Record<string, unknown>>;

/** What every route may refuse, in words. */
const COMMON_REFUSALS: Readonly<Record<number, string>> = {
  400: "The request is malformed.",
  413: "The body is too large.",
  415: "The body's media type is not taken here.",
  429: "Too many requests; `Retry-After` says when to come back.",
  503: "The store cannot be reached just now.",
};

const CALLER_REFUSALS: Readonly<Record<number, string>> = {
  401: "There is no token, or none that is valid.",
  403: "The caller is known but may not do this.",
};

const SECURITY: Readonly<Record<Callers, readonly Json[]>> = {
  PUBLIC: [],
  USER: [{ userToken: [] }],
  SERVICE: [{ serviceToken: [] }],
  ANY: [{ userToken: [] }, { serviceToken: [] }],
};

const MEDIA_TYPES = {
  json: ["application/json"],
  form: ["application/x-www-form-urlencoded", "multipart/form-data"],
} as const;

/** The OpenAPI 3.1 document of the systems' routes, made of the very schemas that the routes check by. */
export function describeSystems(systems: readonly RestSystem[], version: string): Json {
  return {
    openapi: "3.1.0",
    info: {
      title: "Postern",
      version,
      summary: "Drop-in routes for the systems that Postern replaces.",
      description: "Everything here can be had through GraphQL as well, at `/graphql`.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: [...systems.map(({ name, about }) => ({ name, description: about })), CALLS_TAG],
    paths: { ...describePaths(systems), ...describeCalls(), ...HEALTH },
    components: {
      securitySchemes: {
        userToken: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "A user's access token." },
        serviceToken: { type: "http", scheme: "bearer", description: "A service token, `pst_…`." },
      },
      schemas: Object.fromEntries((["detail", "error"] as const).map((key) => [nameOf(key), describeFailure(key)])),
    },
  };
}

function describePaths(systems: readonly RestSystem[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const system of systems) {
    for (const route of system.routes) {
      paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: describeRoute(system, route) };
    }
  }
  return paths;
}

function describeRoute({ name, failures }: RestSystem, route: Route): Json {
  const { method, path, summary, description, callers, params, query, body } = route;
  const parameters = [...describeParameters(params, "path"), ...describeParameters(query, "query")];
  return {
    tags: [name],
    operationId: operationIdOf(method, path),
    summary,
    ...(description === undefined ? {} : { description }),
    security: SECURITY[callers],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === null ? {} : { requestBody: { required: true, content: describeContent(body) } }),
    responses: { ...describeRefusals(route, failures), ...describeAnswers(route) },
  };
}

function describeContent({ type, schema }: NonNullable<Route["body"]>): Json {
  const described = { schema: toJsonSchema(schema, "input") };
  return Object.fromEntries(MEDIA_TYPES[type].map((mediaType) => [mediaType, described]));
}

/** `GET /api_keys/{name}` as `getApiKeysName`. */
function operationIdOf(method: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  return `${method.toLowerCase()}${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("")}`;
}

function describeParameters(schema: z.ZodObject, place: "path" | "query"): readonly Json[] {
  const { properties = {}, required = [] } = toJsonSchema(schema, "input") as {
    properties?: Json;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, described]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: described,
  }));
}

function describeAnswers({ answers }: Route): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { about, schema }]) => [status, withBody(about, toJsonSchema(schema, "output"))]),
  );
}

function describeRefusals({ callers, refusals = {} }: Route, { key }: FailureShape): Json {
  const all = { ...COMMON_REFUSALS, ...(callers === "PUBLIC" ? {} : CALLER_REFUSALS), ...refusals };
  const schema = { $ref: `#/components/schemas/${nameOf(key)}` };
  return Object.fromEntries(Object.entries(all).map(([status, about]) => [status, withBody(about, schema)]));
}

function withBody(description: string, schema: Json): Json {
  return { description, content: { "application/json": { schema } } };
}

function toJsonSchema(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io });
  return described;
}

function nameOf(key: FailureShape["key"]): string {
  return key === "detail" ? "Detail" : "Error";
}

function describeFailure(key: FailureShape["key"]): Json {
  return { type: "object", properties: { [key]: { type: "string" } }, required: [key] };
}

/** The health check, which clients of the test framework ask; its route is the app's own. */
const HEALTH: Json = {
  "/health": {
    get: {
      tags: ["Test framework"],
      operationId: "getHealth",
      summary: "Whether Postern answers",
      security: [],
      responses: {
        200: withBody("It does.", { type: "object", properties: { status: { const: "ok" } }, required: ["status"] }),
      },
    },
  },
};

const CALLS_TAG = { name: "Calls", description: "Calls of upstreams through the gateway, bodies streamed both ways." };

/** The calls through the gateway, whose bodies are the upstream's affair and have no schema of ours. */
function describeCalls(): Json {
  const text = { type: "string" };
  const rest = {
    name: "path",
    in: "path",
    required: true,
    schema: text,
    description: "Below the upstream's base URL; slashes stand as they are.",
  };
  const id = { name: "credentialId", in: "path", required: true, schema: text };
  const describe = (path: string, summary: string, parameters: readonly Json[]) => {
    const operations = CALL_METHODS.map((method) => {
      const operationId = `${method.toLowerCase()}${path.startsWith("/api/user") ? "UserCall" : "Call"}`;
      const responses = {
        default: { description: "The upstream's own answer." },
        502: withBody("The upstream cannot be reached, or refuses the credential.", { $ref: "#/components/schemas/Detail" }),
      };
      return [
        method.toLowerCase(),
        { tags: [CALLS_TAG.name], operationId, summary, security: SECURITY.ANY, parameters, responses },
      ];
    });
    return [path, Object.fromEntries(operations)];
  };
  return Object.fromEntries([
    describe("/api/user/call/{path}", "Call the cloud API with the user's token", [rest]),
    describe("/api/call/{credentialId}/{path}", "Call the upstream of a credential", [id, rest]),
  ]);
}
