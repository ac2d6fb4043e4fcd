import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { findSecrets } from "../support/canaries.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { startMisbehavingServer } from "../support/misbehaving-server.ts";
import { type ReceivedSpan, startOtlpReceiver } from "../support/otlp-receiver.ts";
import { ask } from "../support/rest.ts";

const SAVE =
  "mutation ($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } userErrors { code } } }";
const REVEAL = "mutation ($input: RevealCredentialInput!) { revealCredential(input: $input) { fields { name value } } }";
const CALL = "mutation ($input: CallUpstreamInput!) { callUpstream(input: $input) { response { status } userErrors { code } } }";
const LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { userErrors { code } } }";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const PARENT_ID = "b7ad6b7169203331";

/** Secrets, and what callers send that may be one. */
const CANARIES = {
  password: "canary-pässword-1001",
  upstreamPassword: "canary-upstream-pässword-1002",
  upstreamToken: "canary-upstream-token-1003",
  guess: "canary-guess-1004",
  query: "canary-query-1005",
  body: "canary-body-1006",
  header: "canary-header-1007",
  operation: "canaryOperation1008",
  path: "canary-path-1009",
  state: "canary-state-1010",
  collectorKey: "canary-collector-key-1011",
};

/** Everything that touches a secret, done once, in the trace of the caller's own. */
async function useSecrets(gateway: Gateway) {
  const ada = await gateway.signUp("ada", CANARIES.password);
  const fields = Object.entries({ email: "ada@example.test", password: CANARIES.upstreamPassword }).map(([name, value]) => ({
    name,
    value,
  }));
  await gateway.query(SAVE, { input: { connector: "login-api", fields } }, ada.token);
  await gateway.query(REVEAL, { input: { credential: { connector: "login-api" } } }, ada.token);
  await gateway.query(LOGIN, { input: { username: CANARIES.guess, password: CANARIES.guess } });
  await ask(gateway, `GET /${CANARIES.path}?token=${CANARIES.query}`, { token: ada.token });
  const input = {
    credential: { connector: "login-api" },
    method: "POST",
    path: `things?q=${CANARIES.query}`,
    body: CANARIES.body,
  };
  const headers = [{ name: "x-odd", value: CANARIES.header }];
  const response = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${ada.token}`,
      traceparent: `00-${TRACE_ID}-${PARENT_ID}-01`,
      tracestate: `x=${CANARIES.state}`,
    },
    body: JSON.stringify({
      query: CALL.replace("mutation", `mutation ${CANARIES.operation}`),
      operationName: CANARIES.operation,
      variables: { input: { ...input, headers } },
    }),
  });
  return { token: ada.token, answer: await response.json() };
}

/** The names of a span and of what is above it, up to the caller's own. */
function pathOf(span: ReceivedSpan, spans: readonly ReceivedSpan[]): string[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent === undefined ? [span.name] : [...pathOf(parent, spans), span.name];
}

describe("traces", () => {
  it("load nothing of OpenTelemetry's SDK while they are off", async () => {
    const gateway = await startGateway();
    await gateway.query("{ gateway { isRegistrationOpen } }");
    const loaded = Object.keys(createRequire(import.meta.url).cache).filter((file) =>
      /opentelemetry.(sdk-trace|core|resources)/.test(file),
    );
    expect(loaded).toEqual([]);
  });

  it("tell of request, operation, service, statement and upstream in the caller's trace, and nothing that is secret", async () => {
    const collector = await startOtlpReceiver();
    const seen: string[] = [];
    const upstream = await startMisbehavingServer(({ headers, path }) => {
      seen.push(path, ...Object.keys(headers));
      return { body: JSON.stringify({ statusCode: 200, accessToken: CANARIES.upstreamToken }) };
    });
    const gateway = await startGateway({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
      OTEL_EXPORTER_OTLP_HEADERS: `x-collector-key=${CANARIES.collectorKey}`,
      LOGIN_API_URL: `${upstream.origin}/login`,
      LOGIN_API_BASE_URL: `${upstream.origin}/api`,
    });
    const { token, answer } = await useSecrets(gateway);
    expect(answer).toEqual({ data: { callUpstream: { response: { status: 200 }, userErrors: [] } } });
    await gateway.close();

    const spans = collector.spans();
    const own = spans.filter(({ traceId }) => traceId === TRACE_ID);
    const paths = own.map((span) => pathOf(span, own).join(" > "));
    const operation = "POST /graphql > mutation callUpstream > UpstreamCallService.call";
    expect(own.find(({ name }) => name === "POST /graphql")).toMatchObject({ parentSpanId: PARENT_ID, kind: 2 });
    expect(paths).toContain(operation);
    expect(paths).toContain(`${operation} > login-api call`);
    expect(paths).toContain(`${operation} > login-api login`);
    expect(paths.filter((path) => path.startsWith(`${operation} > SELECT`)).length).toBeGreaterThan(0);
    expect(paths.filter((path) => path.startsWith(`${operation} > INSERT`)).length).toBeGreaterThan(0);
    const roots = new Set(spans.filter(({ parentSpanId }) => parentSpanId === undefined).map(({ name }) => name));
    expect([...roots].filter((name) => /SELECT|INSERT|UPDATE|DELETE|BEGIN/.test(name))).toEqual([]);
    expect(collector.paths()).toEqual(["/v1/traces"]);
    expect(collector.keys()).toEqual([CANARIES.collectorKey]);
    // Whom we call learns nothing of who calls us.
    expect(seen.filter((name) => name === "traceparent" || name === "tracestate")).toEqual([]);
    const { collectorKey: _, ...secrets } = { ...CANARIES, token };
    expect(findSecrets(secrets, { traces: Buffer.from(collector.text()), log: Buffer.from(gateway.log()) })).toEqual([]);
    expect(gateway.log()).toContain(`"traceId":"${TRACE_ID}"`);
  });

  it("cost nobody an answer when the collector is away", async () => {
    const { origin, close } = await startMisbehavingServer(() => ({ status: 503 }));
    const gateway = await startGateway({ OTEL_EXPORTER_OTLP_ENDPOINT: origin });
    await close();
    expect((await gateway.query("{ gateway { isRegistrationOpen } }")).errors).toBeUndefined();
    await gateway.close();
    expect(gateway.log()).toContain("traces could not be sent, and are dropped");
  });
});
