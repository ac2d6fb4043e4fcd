import { describe, expect, it } from "vitest";
import { GatewayError } from "../../src/errors.ts";
import { startEdge } from "../support/edge.ts";
import { createEdgeSchema } from "../support/edge-schema.ts";

const CANARY = "postgres://gateway:canary@10.0.0.1/store";

/** What a resolver may throw, by name. */
const FAILURES: Readonly<Record<string, () => unknown>> = {
  unknown: () => new Error(`connect ECONNREFUSED ${CANARY}`),
  string: () => CANARY,
  known: () => new GatewayError("CONFLICT", "That name is taken.", { field: "input.username", cause: new Error(CANARY) }),
  tooMany: () => new GatewayError("RATE_LIMITED", "Too many tries.", { retryAfterSeconds: 7 }),
  forbidden: () => new GatewayError("FORBIDDEN", "This needs the permission user:read."),
  away: () => Object.assign(new Error(CANARY), { name: "PrismaClientKnownRequestError", code: "P1001" }),
};

const schema = createEdgeSchema({
  Query: {
    me: () => "ada",
    count: () => "no number",
    fail: (_source, { how }) => {
      throw FAILURES[how]?.();
    },
  },
});

const failWith = (how: string) => ({ query: "query ($how: String) { fail(how: $how) me }", variables: { how } });
const asked = { "x-request-id": "order-4711" };
const at = (path: string) => ({ path: [path], locations: expect.any(Array) });

describe("an operation's error", () => {
  it.each(["unknown", "string"])("of ours (%s) says nothing but where the log knows more", async (how) => {
    const edge = await startEdge(schema);
    const { status, body } = await edge.post(failWith(how), asked);
    const extensions = { code: "INTERNAL", correlationId: "order-4711" };
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        data: { fail: null, me: "ada" },
        errors: [{ message: "Something went wrong inside Postern.", ...at("fail"), extensions }],
      },
    });
    const line = edge.log().lines.find(({ level }) => level === "error");
    expect(line).toMatchObject({ correlationId: "order-4711", msg: "operation failed", err: { message: expect.any(String) } });
  });

  it("that is the caller's names code and field, and keeps its cause for the log", async () => {
    const edge = await startEdge(schema);
    const { body } = await edge.post(failWith("known"), asked);
    const extensions = { code: "CONFLICT", field: "input.username" };
    expect(body).toMatchObject({ errors: [{ message: "That name is taken.", ...at("fail"), extensions }] });
    expect(JSON.stringify(body)).not.toContain("canary");
    expect(edge.log().text).toContain("canary");
  });

  it("about too many tries says when to come back, in the header too", async () => {
    const edge = await startEdge(schema);
    const { body, headers } = await edge.post(failWith("tooMany"));
    expect(headers.get("retry-after")).toBe("7");
    expect(body).toMatchObject({ errors: [{ extensions: { code: "RATE_LIMITED", retryAfterSeconds: 7 } }] });
  });

  it("that keeps a caller out is in the log with code, field, address and caller, and by no name that they gave it", async () => {
    const edge = await startEdge(schema);
    const query = 'query canaryName { canaryAlias: fail(how: "forbidden") again: fail(how: "forbidden") me }';
    await edge.post({ query }, asked);
    const { lines, text } = edge.log();
    const own = lines.filter(({ correlationId }) => correlationId === "order-4711");
    expect(own).toMatchObject([
      { msg: "fields refused", refusals: ["FORBIDDEN fail"] },
      { msg: "answered", status: 200, ip: "127.0.0.1", viewerId: null },
    ]);
    expect(text).not.toContain("canary");
  });

  it("from a store that is away is UNAVAILABLE", async () => {
    const edge = await startEdge(schema);
    const { body } = await edge.post(failWith("away"));
    expect(body).toMatchObject({ errors: [{ extensions: { code: "UNAVAILABLE" } }] });
    expect(JSON.stringify(body)).not.toContain("canary");
  });

  it("about a value of ours that fits no type is INTERNAL, although graphql-js made it", async () => {
    const edge = await startEdge(schema);
    const { body } = await edge.post({ query: "{ count }" });
    expect(body).toMatchObject({ data: { count: null }, errors: [{ extensions: { code: "INTERNAL" } }] });
    expect(JSON.stringify(body)).not.toContain("no number");
  });
});

/** Documents that are refused before anything runs, and what must not come back. */
const REFUSED: readonly (readonly [string, object])[] = [
  ["a syntax error", { query: `{ me ${"(".repeat(50)}` }],
  ["an unknown field", { query: `{ ${"x".repeat(100_000)} }` }],
  ["many unknown fields", { query: `{ ${Array.from({ length: 300 }, (_, index) => `x${index}`).join(" ")} }` }],
  ["a long literal", { query: `{ count(of: "${"x".repeat(100_000)}") }` }],
  ["a deep literal", { query: `{ count(of: ${"[".repeat(20_000)}${"]".repeat(20_000)}) }` }],
  ["a literal of many values", { query: `{ count(of: { ${Array.from({ length: 200 }, (_, i) => `a${i}: ${i}`).join(" ")} }) }` }],
  ["a long variable", { query: "query ($of: Int) { count(of: $of) }", variables: { of: "x".repeat(100_000) } }],
  ["a variable of many words", { query: "query ($of: Int) { count(of: $of) }", variables: { of: "x ".repeat(50_000) } }],
  ["a missing operation", { query: "query A { me } query B { me }", operationName: "C" }],
  ["a near miss", { query: "{ mee }" }],
  ["no query", { variables: {} }],
  ["a query that is no text", { query: { kind: "Document" } }],
  ["a persisted query", { extensions: { persistedQuery: { version: 2, sha256Hash: "0".repeat(64) } } }],
];

describe("a refusal", () => {
  it.each(REFUSED)("of %s is one short error that repeats little and guesses nothing", async (_name, request) => {
    const edge = await startEdge(schema);
    const begun = performance.now();
    const { body } = await edge.post(request);
    const took = performance.now() - begun;
    const { errors } = body as { errors: { message: string; extensions: object }[] };
    expect(errors).toEqual([expect.objectContaining({ extensions: { code: "BAD_USER_INPUT" } })]);
    expect(errors[0]?.message.length).toBeLessThanOrEqual(300);
    expect(errors[0]?.message).not.toMatch(/x{65}|(x ){33}|Did you mean|at Object|node_modules/);
    expect(took).toBeLessThan(1_000);
  });

  it.each([
    ["Int", "canary", "Int cannot represent non-integer value."],
    ["Int", "canary ".repeat(1_000), "it does not fit the type."],
    ["Int", "x; canary", "Int cannot represent non-integer value."],
    ["String", { x: "canary" }, "String cannot represent a non string value."],
    ["How", "canary", 'it does not exist in "How" enum.'],
    ["How", ["canary"], 'Enum "How" cannot represent non-string value.'],
  ])("never repeats the value of a variable, which may be a password (%s, %j)", async (type, value, reason) => {
    const edge = await startEdge(schema);
    const { status, body } = await edge.post({ query: `query ($of: ${type}) { take(${type}: $of) }`, variables: { of: value } });
    expect([status, body]).toEqual([
      400,
      {
        errors: [
          {
            message: `Variable "$of" got an invalid value; ${reason}`,
            locations: expect.any(Array),
            extensions: { code: "BAD_USER_INPUT" },
          },
        ],
      },
    ]);
  });
});
