import { afterEach, describe, expect, it, vi } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { GatewayError } from "../../src/errors.ts";
import { ADMINISTRATOR, type Edge, GOOD_TOKEN, startEdge } from "../support/edge.ts";
import { createEdgeSchema } from "../support/edge-schema.ts";

afterEach(() => {
  vi.useRealTimers();
});

const signedIn = { authorization: `Bearer ${GOOD_TOKEN}` };

function subscribe(edge: Edge, query: string, signal?: AbortSignal): Promise<Response> {
  return send(edge, { query }, signal);
}

function send(edge: Edge, body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(`${edge.url}/graphql/stream`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream", ...signedIn },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** The events of an answer that ends, as name and data; comments that keep the connection alive are left out. */
async function readEvents(response: Response): Promise<(readonly [string, unknown])[]> {
  const blocks = (await response.text()).split("\n\n").filter((block) => block.includes("event: "));
  return blocks.map((block) => {
    const data = /^data: ?(.*)$/m.exec(block)?.[1];
    return [/^event: (.*)$/m.exec(block)?.[1] ?? "", data ? JSON.parse(data) : null];
  });
}

/** Subscriptions that count to two, never say anything, or are refused; and how often the silent one was stopped. */
function createTicking() {
  const seen = { stopped: 0 };
  const schema = createEdgeSchema({
    Query: { me: () => "ada" },
    Subscription: {
      ticks: async function* () {
        yield 1;
        yield 2;
      },
      never: () => ({
        next: () => new Promise(() => {}),
        return: async () => {
          seen.stopped += 1;
          return { done: true, value: undefined };
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      }),
      forbidden: () => {
        throw new GatewayError("NOT_FOUND", "No such run.", { cause: new Error("canary") });
      },
    },
  });
  return { seen, schema };
}

describe("a subscription", () => {
  it("streams every value and then says that it is complete", async () => {
    const edge = await startEdge(createTicking().schema);
    const response = await subscribe(edge, "subscription { ticks }");
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await readEvents(response)).toEqual([
      ["next", { data: { ticks: 1 } }],
      ["next", { data: { ticks: 2 } }],
      ["complete", null],
    ]);
  });

  it("is asked for by POST alone, and by the media type in any case", async () => {
    const edge = await startEdge(createTicking().schema);
    for (const method of ["GET", "PUT", "DELETE"]) {
      // What clients of the protocol's other mode send.
      const response = await fetch(`${edge.url}/graphql/stream`, { method, headers: { "content-type": "application/json" } });
      expect([method, response.status, response.headers.get("allow")]).toEqual([method, 405, "POST"]);
    }
    const headers = { "content-type": "application/json", accept: "Text/Event-Stream", ...signedIn };
    const body = JSON.stringify({ query: "subscription { ticks }" });
    expect((await fetch(`${edge.url}/graphql/stream`, { method: "POST", headers, body })).status).toBe(200);
  });

  it("that its resolver refuses says why, in the format of all errors", async () => {
    const edge = await startEdge(createTicking().schema);
    const events = await readEvents(await subscribe(edge, "subscription { forbidden }"));
    const error = {
      message: "No such run.",
      path: ["forbidden"],
      locations: expect.any(Array),
      extensions: { code: "NOT_FOUND" },
    };
    expect(events).toEqual([
      ["next", { errors: [error] }],
      ["complete", null],
    ]);
  });

  it.each([
    ["query", "{ me }", 400],
    ["unknown field", "subscription { tocks }", 400],
    ["endless repetition", `subscription { ${"ticks ".repeat(60)} }`, 400],
    ["crowd of aliases", `subscription { ${Array.from({ length: 31 }, (_, index) => `a${index}: ticks`).join(" ")} }`, 400],
    ["syntax error", "{", 400],
    ["field that is left out", "subscription { ticks @skip(if: true) }", 400],
    ["field that may be left out", "subscription ($if: Boolean!) { ticks @include(if: $if) }", 400],
    ["fragment that is left out", "subscription { ... @include(if: false) { ticks } }", 400],
    ["fragment whose field is left out", "subscription { ...F } fragment F on Subscription { ticks @skip(if: true) }", 400],
  ])("takes no %s, and answers it as /graphql does", async (_name, query, status) => {
    const edge = await startEdge(createTicking().schema);
    const response = await subscribe(edge, query);
    expect([response.status, await response.json()]).toEqual([
      status,
      { errors: [expect.objectContaining({ extensions: { code: "BAD_USER_INPUT" } })] },
    ]);
  });

  it("whose caller goes away takes nobody's place any more, and is logged once", async () => {
    const { schema, seen } = createTicking();
    const edge = await startEdge(schema, { config: parseConfig({ REQUESTS_IN_FLIGHT: "2" }) });
    for (let count = 1; count <= 3; count += 1) {
      const gone = new AbortController();
      expect((await subscribe(edge, "subscription { never }", gone.signal)).status).toBe(200);
      gone.abort();
      await vi.waitFor(() => expect(seen.stopped).toBe(count), 5_000);
    }
    expect(edge.log().lines.filter(({ msg }) => msg === "answered")).toHaveLength(3);
  });

  it("is refused at once where the body is no object that asks for something", async () => {
    const edge = await startEdge(createTicking().schema);
    const query = "subscription { ticks }";
    const bodies = [null, false, 0, "", [], {}, { query: 1 }, { query, operationName: 1 }, { query, variables: "{}" }];
    const refused = await Promise.all(
      bodies.map(async (body) => {
        const response = await send(edge, body, AbortSignal.timeout(5_000));
        return [response.status, await response.json()];
      }),
    );
    const extensions = expect.objectContaining({ code: "BAD_USER_INPUT" });
    expect(refused).toEqual(bodies.map(() => [400, { errors: [{ message: expect.any(String), extensions }] }]));
  });

  it("ends, saying why, within a minute after the session has ended", async () => {
    const { schema, seen } = createTicking();
    const edge = await startEdge(schema);
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const response = await subscribe(edge, "subscription { never }");
    edge.tokens.delete(GOOD_TOKEN);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await readEvents(response)).toEqual([
      ["next", { errors: [{ message: "The session has ended.", extensions: { code: "UNAUTHENTICATED" } }] }],
      ["complete", null],
    ]);
    expect(seen.stopped).toBe(1);
  });

  it("ends, saying why, within a minute after its caller has lost a permission, and goes on when they have got one", async () => {
    const edge = await startEdge(createTicking().schema);
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const users = await subscribe(edge, "subscription { never }");
    edge.tokens.add(ADMINISTRATOR);
    const administrators = await subscribe(edge, "subscription { never }");
    await vi.advanceTimersByTimeAsync(60_000);
    edge.tokens.delete(ADMINISTRATOR);
    await vi.advanceTimersByTimeAsync(60_000);
    const message = "What you may do has changed: subscribe again.";
    expect(await readEvents(administrators)).toEqual([
      ["next", { errors: [{ message, extensions: { code: "FORBIDDEN" } }] }],
      ["complete", null],
    ]);
    await edge.close();
    expect(await readEvents(users)).toEqual([["complete", null]]);
  });

  it("is stopped when the client is gone", async () => {
    const { schema, seen } = createTicking();
    const edge = await startEdge(schema);
    const client = new AbortController();
    await subscribe(edge, "subscription { never }", client.signal);
    client.abort();
    await vi.waitFor(() => expect(seen.stopped).toBe(1));
  });

  it("is one of at most ten of one caller", async () => {
    const edge = await startEdge(createTicking().schema);
    const client = new AbortController();
    const open = await Promise.all(Array.from({ length: 10 }, () => subscribe(edge, "subscription { never }", client.signal)));
    expect(open.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    const response = await subscribe(edge, "subscription { never }");
    expect([response.status, response.headers.get("retry-after"), await response.json()]).toEqual([
      429,
      "1",
      { errors: [expect.objectContaining({ extensions: { code: "RATE_LIMITED", retryAfterSeconds: 1 } })] },
    ]);
    client.abort();
    await vi.waitFor(async () => expect((await subscribe(edge, "subscription { ticks }")).status).toBe(200));
  });

  it("does not keep the server from closing", async () => {
    const edge = await startEdge(createTicking().schema);
    const response = await subscribe(edge, "subscription { never }");
    await edge.close();
    expect(await readEvents(response)).toEqual([["complete", null]]);
  });
});
