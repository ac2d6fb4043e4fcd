import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ROLE_PERMISSIONS } from "../../src/access/permission.ts";
import type { RequestOrigin, Viewer } from "../../src/access/viewer.ts";
import { parseConfig } from "../../src/config.ts";
import { digestOf } from "../../src/graphql/documents.ts";
import { createExposition } from "../../src/observability/exposition.ts";
import { createMetrics } from "../../src/observability/metrics.ts";
import { GOOD_TOKEN, startEdge } from "../support/edge.ts";
import { createEdgeSchema } from "../support/edge-schema.ts";
import { startGateway } from "../support/gateway.ts";

const signedIn = { authorization: `Bearer ${GOOD_TOKEN}` };

/** A schema whose `wait` answers when it is let go, and how many of it run. */
function createWaiting() {
  const seen = { running: 0, most: 0, letGo: () => {} };
  const gone = new Promise<void>((resolve) => {
    seen.letGo = resolve;
  });
  const wait = async () => {
    seen.running += 1;
    seen.most = Math.max(seen.most, seen.running);
    await gone;
    seen.running -= 1;
    return "done";
  };
  return { seen, schema: createEdgeSchema({ Query: { wait, me: () => "ada" } }) };
}

describe("operations at once", () => {
  it("of one caller are twenty at most; further ones wait for their turn, and those that find too many waiting are 429", async () => {
    const { seen, schema } = createWaiting();
    const edge = await startEdge(schema, { config: parseConfig({ CALLER_OPERATIONS_WAITING: "10" }) });
    const answers = Array.from({ length: 35 }, () => edge.post({ query: "{ wait }" }, signedIn));
    const refused: { status: number; headers: Headers }[] = [];
    for (const answer of answers) void answer.then((told) => told.status === 429 && refused.push(told));
    await vi.waitFor(() => expect([seen.running, refused.length]).toEqual([20, 5]), 10_000);
    expect(refused[0]?.headers.get("retry-after")).toBe("1");
    // Others are not held up by them.
    expect((await edge.post({ query: "{ me }" })).status).toBe(200);
    seen.letGo();
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect([seen.most, statuses.filter((status) => status === 200).length]).toEqual([20, 30]);
  });

  it("of all callers are bounded: the next is 503 with a time to come back, while the health check answers", async () => {
    const { seen, schema } = createWaiting();
    const edge = await startEdge(schema, { config: parseConfig({ REQUESTS_IN_FLIGHT: "3" }) });
    const answers = Array.from({ length: 3 }, () => edge.post({ query: "{ wait }" }));
    await vi.waitFor(() => expect(seen.running).toBe(3), 10_000);
    const { status, headers, body } = await edge.post({ query: "{ me }" });
    expect([status, headers.get("retry-after"), body]).toEqual([
      503,
      "1",
      { errors: [{ message: expect.any(String), extensions: { code: "UNAVAILABLE", retryAfterSeconds: 1 } }] },
    ]);
    expect((await fetch(`${edge.url}/health`)).status).toBe(200);
    seen.letGo();
    await Promise.all(answers);
    expect((await edge.post({ query: "{ me }" })).status).toBe(200);
  });
});

it("operations of a few callers that hang are refused as too many before they leave nobody else a place", async () => {
  const { seen, schema } = createWaiting();
  const authenticate = async (authorization: string | undefined, origin: RequestOrigin): Promise<Viewer> => {
    const id = String(authorization);
    const user = { id, username: id, role: "USER", sessionId: id } as const;
    return { type: "USER", ...user, permissions: ROLE_PERMISSIONS.USER, origin };
  };
  const edge = await startEdge(schema, { authenticate, config: parseConfig({ REQUESTS_IN_FLIGHT: "20" }) });
  const answers = Array.from({ length: 100 }, (_, index) =>
    edge.post({ query: "{ wait }" }, { authorization: `hanging ${Math.floor(index / 20)}` }),
  );
  const refused: { status: number; headers: Headers }[] = [];
  for (const answer of answers) void answer.then((told) => told.status !== 200 && refused.push(told));
  await vi.waitFor(() => expect(seen.running + refused.length).toBe(100), 10_000);
  expect([new Set(refused.map(({ status }) => status)), refused[0]?.headers.get("retry-after")]).toEqual([new Set([429]), "1"]);
  expect((await edge.post({ query: "{ me }" }, { authorization: "another" })).status).toBe(200);
  seen.letGo();
  await Promise.all(answers);
});

describe("more than a process can do", () => {
  /** A resolver that holds the event loop, as work does that cannot be put off. */
  function createHeavy() {
    const seen = { executed: 0 };
    const me = () => {
      seen.executed += 1;
      const end = performance.now() + 10;
      while (performance.now() < end);
      return "ada";
    };
    return { seen, schema: createEdgeSchema({ Query: { me } }) };
  }

  it("waits in the order in which it came, is all answered in the end, and health is answered meanwhile", async () => {
    const { schema } = createHeavy();
    const edge = await startEdge(schema);
    const answered: string[] = [];
    const note = (name: string) => (response: { status: number }) => void answered.push(`${name} ${response.status}`);
    const work = Array.from({ length: 100 }, () => edge.post({ query: "{ me }" }).then(note("work")));
    await Promise.race(work);
    await fetch(`${edge.url}/health`).then(note("health"));
    await Promise.all(work);
    expect(answered.filter((each) => each === "work 200").length).toBe(100);
    // Behind all of them it would be the last.
    expect(answered.indexOf("health 200")).toBeLessThan(90);
  });

  it("is refused once too much of it waits: 503 with a time to come back, and nothing of it is executed", async () => {
    const { seen, schema } = createHeavy();
    const metrics = createMetrics();
    const edge = await startEdge(schema, { metrics, config: parseConfig({ REQUESTS_WAITING: "5" }) });
    const answers = await Promise.all(Array.from({ length: 100 }, () => edge.post({ query: "{ me }" })));
    const [refused] = answers.filter(({ status }) => status === 503);
    expect([refused?.headers.get("retry-after"), refused?.headers.get("x-content-type-options"), refused?.body]).toEqual([
      "1",
      "nosniff",
      { errors: [{ message: expect.any(String), extensions: { code: "UNAVAILABLE", retryAfterSeconds: 1 } }] },
    ]);
    const served = answers.filter(({ status }) => status === 200).length;
    expect([served, answers.filter(({ status }) => status === 503).length]).toEqual([seen.executed, 100 - seen.executed]);
    const { text } = await createExposition(metrics).read();
    expect(text).toContain(`postern_refused_requests_total{reason="overload"} ${100 - seen.executed}\n`);
  });

  it("is not said to be so while many wait for something else than this process", async () => {
    const { seen, schema } = createWaiting();
    const edge = await startEdge(schema);
    const waiting = Array.from({ length: 300 }, (_, index) => index).map(async (index) => {
      // Not all in one turn of the loop: it is the waiting that is many.
      await new Promise((resolve) => setTimeout(resolve, index * 5));
      return edge.post({ query: "{ wait }" });
    });
    await vi.waitFor(() => expect(seen.running).toBe(300), 20_000);
    expect((await edge.post({ query: "{ me }" })).status).toBe(200);
    seen.letGo();
    expect((await Promise.all(waiting)).every(({ status }) => status === 200)).toBe(true);
  });
});

it("one caller's requests a minute are limited over GraphQL and REST together; another's go on", async () => {
  const gateway = await startGateway({ CALLER_RATE_LIMIT_PER_MINUTE: "3" });
  const [ada, bob] = [(await gateway.signUp("ada")).token, (await gateway.signUp("bob")).token];
  const me = (token: string) => fetch(`${gateway.url}/me`, { headers: { authorization: `Bearer ${token}` } });
  const statuses = [(await me(ada)).status, (await me(ada)).status];
  expect(await gateway.query("{ me { username } }", {}, ada)).toEqual({ data: { me: { username: "ada" } } });
  const refused = await me(ada);
  expect([...statuses, refused.status, Number(refused.headers.get("retry-after")) > 0]).toEqual([200, 200, 429, true]);
  expect((await gateway.query("{ me { username } }", {}, ada)).errors?.[0]?.extensions.code).toBe("RATE_LIMITED");
  expect((await me(bob)).status).toBe(200);
});

describe("a server that takes persisted operations alone", () => {
  const TEXT = "query Me { me }";

  async function startClosed() {
    const folder = await mkdtemp(path.join(tmpdir(), "postern-operations-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = path.join(folder, "operations.json");
    await writeFile(file, JSON.stringify({ "id-of-me": TEXT }));
    const config = parseConfig({ PERSISTED_OPERATIONS: "only", PERSISTED_OPERATIONS_FILES: file });
    return startEdge(createEdgeSchema({ Query: { me: () => "ada" } }), { config });
  }

  it("answers them by text, by id and by digest, by POST and by GET", async () => {
    const edge = await startClosed();
    const persistedQuery = { version: 1, sha256Hash: digestOf(TEXT) };
    const bodies = [
      { query: TEXT },
      { documentId: "id-of-me" },
      { documentId: `sha256:${digestOf(TEXT)}` },
      { extensions: { persistedQuery } },
    ];
    for (const body of bodies) expect((await edge.post(body)).body).toEqual({ data: { me: "ada" } });
    const search = new URLSearchParams({ extensions: JSON.stringify({ persistedQuery }) });
    const answer = await fetch(`${edge.url}/graphql?${search}`, { headers: { "apollo-require-preflight": "1" } });
    expect(await answer.json()).toEqual({ data: { me: "ada" } });
  });

  it.each([
    { query: "query Me { me  }" },
    { query: "{ __typename }" },
    { documentId: "another" },
    { documentId: "id-of-me", query: "{ __typename }" },
    { extensions: { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } } },
    { query: "{ __schema { types { name } } }", extensions: { persistedQuery: { version: 1, sha256Hash: digestOf(TEXT) } } },
    { documentId: "__proto__" },
    {},
  ])("refuses everything else with 400 (%j)", async (body) => {
    const edge = await startClosed();
    const { status, body: answer } = await edge.post({ ...body, variables: null });
    expect([status, answer]).toEqual([
      400,
      { errors: [{ message: expect.stringContaining("persisted operations alone"), extensions: { code: "BAD_USER_INPUT" } }] },
    ]);
  });
});
