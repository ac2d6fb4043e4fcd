import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { GOOD_TOKEN, startEdge } from "../support/edge.ts";
import { createEdgeSchema } from "../support/edge-schema.ts";

const schema = createEdgeSchema({
  Query: { me: (_source, _args, { viewer }) => viewer.id },
  Mutation: { touch: () => "touched" },
});
const ME = "query=%7Bme%7D";

type Sent = readonly [string, string, RequestInit & { duplex?: "half" }, number];

/** Requests that are no GraphQL over HTTP: what, where, how, and the status. */
const STRAY: readonly Sent[] = [
  ["a mutation by GET", "?query=mutation%7Btouch%7D", { headers: { "apollo-require-preflight": "1" } }, 405],
  ["a GET that any page could send", `?${ME}`, {}, 400],
  ["a GET of another media type", `?${ME}`, { headers: { "content-type": "text/plain", "apollo-require-preflight": "1" } }, 415],
  ["PUT", "", { method: "PUT", headers: { "content-type": "application/json" }, body: "{}" }, 405],
  ["PATCH", "", { method: "PATCH" }, 405],
  ["DELETE", "", { method: "DELETE" }, 405],
  ["a form", "", { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: ME }, 415],
  ["plain text", "", { method: "POST", headers: { "content-type": "text/plain" }, body: '{"query":"{me}"}' }, 415],
  [
    "a tab in the media type",
    "",
    { method: "POST", headers: { "content-type": "text/plain\t; a=application/json" }, body: "{}" },
    415,
  ],
  ["an upload", "", { method: "POST", headers: { "content-type": "multipart/form-data; boundary=x" }, body: "--x--" }, 415],
  ["no JSON", "", { method: "POST", headers: { "content-type": "application/json" }, body: "{" }, 400],
  [
    "a poisoned prototype",
    "",
    { method: "POST", headers: { "content-type": "application/json" }, body: '{"__proto__":{"query":"{me}"}}' },
    400,
  ],
  [
    "an array of operations",
    "",
    { method: "POST", headers: { "content-type": "application/json" }, body: '[{"query":"{me}"}]' },
    400,
  ],
];

describe("GraphQL's address", () => {
  it.each(STRAY)("refuses %s with the same shape of error", async (_name, search, init, status) => {
    const edge = await startEdge(schema);
    const response = await fetch(`${edge.url}/graphql${search}`, init);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ errors: [{ message: expect.any(String), extensions: { code: "BAD_USER_INPUT" } }] });
  });

  it("answers a query by GET that a page could not have sent", async () => {
    const edge = await startEdge(schema);
    const response = await fetch(`${edge.url}/graphql?${ME}`, { headers: { "apollo-require-preflight": "1" } });
    expect([response.status, await response.json()]).toEqual([200, { data: { me: null } }]);
  });

  it("refuses a subscription with the address that streams it", async () => {
    const edge = await startEdge(schema);
    const { status, body } = await edge.post({ query: "subscription { ticks }" });
    const message = "Subscriptions are streamed; send them to /graphql/stream.";
    expect([status, body]).toEqual([400, { errors: [{ message, extensions: { code: "BAD_USER_INPUT" } }] }]);
  });

  it("answers in the media type that is asked for", async () => {
    const edge = await startEdge(schema);
    const { headers } = await edge.post({ query: "{ me }" }, { accept: "application/graphql-response+json" });
    expect(headers.get("content-type")).toBe("application/graphql-response+json; charset=utf-8");
  });
});

describe("a caller", () => {
  it("with a living token is known", async () => {
    const edge = await startEdge(schema);
    const { body, headers } = await edge.post({ query: "{ me }" }, { authorization: `Bearer ${GOOD_TOKEN}` });
    expect([body, headers.get("www-authenticate")]).toEqual([{ data: { me: "user_1" } }, null]);
    expect(edge.log().lines.find(({ msg }) => msg === "answered")).toMatchObject({
      viewerId: "user_1",
      route: "/graphql",
      status: 200,
    });
  });

  it("with a token that is refused is nobody, and told so", async () => {
    const edge = await startEdge(schema);
    const { status, body, headers } = await edge.post({ query: "{ me }" }, { authorization: "Bearer stale" });
    expect([status, body, headers.get("www-authenticate")]).toEqual([
      200,
      { data: { me: null } },
      'Bearer error="invalid_token"',
    ]);
  });

  it("is answered 503 when nobody can tell who it is, in GraphQL's shape", async () => {
    const away = Object.assign(new Error("away"), { name: "PrismaClientKnownRequestError", code: "P1001" });
    const edge = await startEdge(schema, { authenticate: () => Promise.reject(away) });
    const { status, body } = await edge.post({ query: "{ me }" });
    expect([status, body]).toEqual([503, { errors: [{ message: expect.any(String), extensions: { code: "UNAVAILABLE" } }] }]);
  });
});

describe("reading the schema", () => {
  const TYPES = { query: "{ __schema { queryType { name } } }" };
  const config = (INTROSPECTION: "public" | "signed-in" | "off") => ({ config: parseConfig({ INTROSPECTION }) });
  const signedIn = { authorization: `Bearer ${GOOD_TOKEN}` };
  const codes = ({ status, body }: { status: number; body: unknown }) => [
    status,
    JSON.stringify(body).match(/"code":"(\w+)"/)?.[1],
  ];

  it("is for everybody, for users or for nobody, as the operator says", async () => {
    const open = await startEdge(schema, config("public"));
    const users = await startEdge(schema, config("signed-in"));
    const closed = await startEdge(schema, config("off"));
    expect(codes(await open.post(TYPES))).toEqual([200, undefined]);
    // The signed-in answer comes first: that its document is remembered must open nothing to others.
    expect(codes(await users.post(TYPES, signedIn))).toEqual([200, undefined]);
    expect(codes(await users.post(TYPES))).toEqual([400, "UNAUTHENTICATED"]);
    expect(codes(await closed.post(TYPES, signedIn))).toEqual([400, "FORBIDDEN"]);
    expect(codes(await closed.post({ query: "{ __typename }" }))).toEqual([200, undefined]);
  });
});
