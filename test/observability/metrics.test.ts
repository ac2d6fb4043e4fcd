import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { listenForMetrics } from "../../src/http/metrics.ts";
import { createExposition } from "../../src/observability/exposition.ts";
import { createMetrics } from "../../src/observability/metrics.ts";
import { findSecrets } from "../support/canaries.ts";
import { startEdge } from "../support/edge.ts";
import { createEdgeSchema } from "../support/edge-schema.ts";
import { type Gateway, startGateway, USER_PASSWORD } from "../support/gateway.ts";
import { startMisbehavingServer } from "../support/misbehaving-server.ts";
import { ask } from "../support/rest.ts";

const SAVE =
  "mutation ($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } userErrors { code } } }";
const ISSUE = `mutation Odd ($input: IssueAccessTokenInput!) { mine: issueAccessToken(input: $input) { isCached userErrors { code } } }`;
const CREATE = "mutation ($input: CreateServiceTokenInput!) { createServiceToken(input: $input) { token } }";
const LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { userErrors { code } } }";

const UPSTREAM_PASSWORD = "upstream-pässword-0815";
const UPSTREAM_TOKEN = "upstream-token-of-ada-4711";

/** The samples of an exposition by name and labels, without times and what the process itself uses. */
function samplesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]));
}

async function scrape(url: string, token?: string) {
  const response = await fetch(`${url}/metrics`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
  const text = await response.text();
  return { status: response.status, type: response.headers.get("content-type"), text, samples: samplesOf(text) };
}

async function createToken(gateway: Gateway, permission: string): Promise<string> {
  const input = { name: "scraper", permissions: [permission] };
  const { data } = await gateway.query(CREATE, { input }, await gateway.signInAdministrator());
  if (data?.createServiceToken == null) throw new Error(`no token with ${permission}`);
  return (data.createServiceToken as { token: string }).token;
}

/** A gateway on which a good deal has happened, and whoever may read its metrics. */
async function startBusy() {
  const upstream = await startMisbehavingServer(() => ({
    body: JSON.stringify({ statusCode: 200, accessToken: UPSTREAM_TOKEN }),
  }));
  const gateway = await startGateway({ LOGIN_API_URL: upstream.origin, CALLER_RATE_LIMIT_PER_MINUTE: "20" });
  const ada = await gateway.signUp("ada");
  const fields = Object.entries({ email: "ada@example.test", password: UPSTREAM_PASSWORD }).map(([name, value]) => ({
    name,
    value,
  }));
  const input = { connector: "login-api", fields };
  expect((await gateway.query(SAVE, { input }, ada.token)).errors).toBeUndefined();
  const issue = () => gateway.query(ISSUE, { input: { credential: { connector: "login-api" } } }, ada.token);
  await Promise.all([issue(), issue(), issue()]);
  await issue();
  await gateway.query(LOGIN, { input: { username: "ada", password: "a wrong guess" } });
  await gateway.query(LOGIN, { input: { username: "ada", password: USER_PASSWORD } });
  await gateway.query("{ nothing }", {}, ada.token);
  await gateway.query("{ users { totalCount } }", {}, ada.token);
  await ask(gateway, "GET /me", { token: ada.token });
  await ask(gateway, "GET /api/v1/credentials/ada/shop", { token: ada.token });
  for (let index = 0; index < 20; index += 1) await ask(gateway, "GET /me", { token: ada.token });
  return { gateway, ada, scraper: await createToken(gateway, "metrics:read"), other: await createToken(gateway, "sync:read") };
}

describe("/metrics", () => {
  it("is for administrators and for service tokens with its permission, tells what has happened, and no secret of it", async () => {
    const { gateway, ada, scraper, other } = await startBusy();
    const stranger = await fetch(`${gateway.url}/metrics`);
    expect([stranger.status, stranger.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect((await scrape(gateway.url, other)).status).toBe(403);
    expect((await scrape(gateway.url, (await gateway.signUp("bob")).token)).status).toBe(403);
    expect((await scrape(gateway.url, await gateway.signInAdministrator())).status).toBe(200);
    const { status, type, text, samples } = await scrape(gateway.url, scraper);
    expect([status, type]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);

    const values = (...names: readonly string[]) =>
      Object.fromEntries(names.map((name) => [name, samples.get(`postern_${name}`)]));
    const expected = {
      'upstream_duration_seconds_count{connector="login-api",operation="test",outcome="OK"}': 1,
      'upstream_duration_seconds_count{connector="login-api",operation="login",outcome="OK"}': 1,
      'logins_total{outcome="INVALID_LOGIN"}': 1,
      'graphql_operations_total{kind="mutation",field="issueAccessToken",outcome="OK"}': 4,
      'graphql_operations_total{kind="none",field="none",outcome="BAD_USER_INPUT"}': 1,
      'graphql_operations_total{kind="query",field="users",outcome="FORBIDDEN"}': 1,
      'http_requests_total{method="GET",route="/api/v1/credentials/:username/:app_name",outcome="UNAUTHENTICATED"}': 1,
      'http_requests_total{method="GET",route="/metrics",outcome="FORBIDDEN"}': 2,
      'queue_depth{queue="password-hashes"}': 0,
      'queue_depth{queue="audit-events"}': 0,
      'queue_depth{queue="sync-runs-queued"}': 0,
      'queue_depth{queue="caller-operations"}': 0,
      circuit_breakers_open: 0,
      store_connections_in_use: expect.any(Number),
    };
    expect(values(...Object.keys(expected))).toEqual(expected);
    // Where each of three that ask at once has it from is chance; the first has it from the upstream.
    const origins = ["memory", "shared", "upstream"].map(
      (origin) => samples.get(`postern_access_tokens_total{origin="${origin}"}`) ?? 0,
    );
    expect(origins.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect(origins.at(-1)).toBeGreaterThan(0);
    expect(samples.get('postern_refused_requests_total{reason="caller-rate"}')).toBeGreaterThan(0);
    expect(samples.get("postern_audit_batch_events_count")).toBeGreaterThan(0);
    expect(samples.get("postern_audit_commit_seconds_count")).toBe(samples.get("postern_audit_batch_events_count"));
    for (const name of [
      "process_resident_memory_bytes",
      "process_cpu_seconds_total",
      "process_open_fds",
      "nodejs_eventloop_lag_p99_seconds",
    ]) {
      expect(samples.get(name), name).toBeGreaterThanOrEqual(0);
    }
    const secrets = { UPSTREAM_PASSWORD, UPSTREAM_TOKEN, USER_PASSWORD, scraper, session: ada.token, name: "ada@example.test" };
    expect(findSecrets(secrets, { metrics: Buffer.from(text) })).toEqual([]);
    expect(gateway.services.metrics.series.tokens(5).reduce((sum, { upstream }) => sum + upstream, 0)).toBe(origins.at(-1));
    expect(gateway.services.metrics.series.upstreams(5).map(({ connector }) => connector)).toEqual(["login-api"]);
  });

  it("has no series more after a thousand requests with odd names, paths and methods", async () => {
    const metrics = createMetrics();
    const exposition = createExposition(metrics);
    // On a machine that is busy with other things they would be too many at once.
    const config = parseConfig({ REQUEST_WAIT_SECONDS: "60" });
    const edge = await startEdge(createEdgeSchema({ Query: { me: () => "ada" } }), { metrics, config });
    const known = async () => {
      const { text } = await exposition.read();
      return [...samplesOf(text).keys()].filter((series) => series.startsWith("postern_"));
    };
    await sendAll(edge.url, 4, oddRequest);
    await sendAll(edge.url, 1, () => oddRequest(0).replace("GET", "PROPFIND"));
    const before = await known();
    await sendAll(edge.url, 1_000, oddRequest);
    const after = await known();
    expect(after).toEqual(before);
    expect(after.length).toBeLessThan(200);
    expect(after.join("\n")).not.toMatch(/odd/i);
  });

  it("stands on an address of its own where the operator gives one, and nothing else does", async () => {
    const server = await listenForMetrics({ host: "127.0.0.1", port: 0 }, createExposition(createMetrics()));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    const { status, samples } = await scrape(url);
    expect([status, samples.has("process_cpu_seconds_total")]).toEqual([200, true]);
    const stray = await fetch(`${url}/health`);
    expect([stray.status, stray.headers.get("x-content-type-options")]).toEqual([404, "nosniff"]);
    expect((await fetch(`${url}/metrics`, { method: "POST" })).status).toBe(404);
    server.closeAllConnections();
    server.close();
  });
});

/** One of four kinds of request that a client gives a name of its own. */
function oddRequest(index: number): string {
  const odd = `Odd${index}`;
  const post = (body: object) => {
    const text = JSON.stringify(body);
    const head = ["POST /graphql HTTP/1.1", "host: x", "content-type: application/json", `content-length: ${text.length}`];
    return `${head.join("\r\n")}\r\n\r\n${text}`;
  };
  const kinds = [
    () => `GET /${odd}/${odd}?${odd}=1 HTTP/1.1\r\nhost: x\r\n\r\n`,
    () => post({ query: `query ${odd} { ${odd}: me }`, operationName: odd }),
    () => post({ query: `{ ${odd} }` }),
    () => `PROPFIND /health/${odd} HTTP/1.1\r\nhost: x\r\nx-request-id: ${odd}\r\n\r\n`,
  ];
  return (kinds[index % kinds.length] as () => string)();
}

/** Sends so many requests one behind the other over one connection, and waits for the last answer. */
function sendAll(url: string, count: number, requestOf: (index: number) => string): Promise<void> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  let answers = 0;
  let rest = "";
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("data", (piece) => {
      const parts = (rest + piece.toString("latin1")).split("HTTP/1.1 ");
      answers += parts.length - 1;
      // A status line may come in two pieces.
      rest = (parts.at(-1) ?? "").slice(-8);
      if (answers < count) return;
      socket.destroy();
      resolve();
    });
    socket.write(Array.from({ length: count }, (_, index) => requestOf(index)).join(""));
  });
}
