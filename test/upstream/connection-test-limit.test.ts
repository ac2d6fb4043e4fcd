import { describe, expect, test } from "vitest";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { findRefusingPort, startMisbehavingServer } from "../support/misbehaving-server.ts";

const TEST_IT = `mutation ($input: TestCredentialInput!) {
  testCredential(input: $input) { connectionTest { outcome code stage message durationMs } } }`;
const CALL_IT = `mutation ($input: CallUpstreamInput!) {
  callUpstream(input: $input) { response { status } userErrors { code message } } }`;

type Told = { readonly code: string; readonly message: string; readonly durationMs: number };

/** Tests an API at `url`; the outcome's code, PASSED, or the code of the request's refusal. */
async function testAt(gateway: Gateway, token: string, url: string): Promise<Partial<Told> & { readonly verdict: string }> {
  const fields = Object.entries({ api_key: "sk-0123456789", base_url: url }).map(([name, value]) => ({ name, value }));
  const { data, errors } = await gateway.query(TEST_IT, { input: { connector: "llm-api-key", fields } }, token);
  if (errors !== undefined) return { verdict: String(errors[0]?.extensions.code) };
  const { connectionTest } = (data as { testCredential: { connectionTest: Told } }).testCredential;
  return { ...connectionTest, verdict: connectionTest.code ?? "PASSED" };
}

const verdictsOf = async (count: number, ask: () => Promise<{ readonly verdict: string }>) => {
  const verdicts: string[] = [];
  for (let index = 0; index < count; index += 1) verdicts.push((await ask()).verdict);
  return verdicts;
};

describe("connection tests", () => {
  test("that fail are refused once there were as many in a minute as may be, for that user alone; what passes or is blocked does not count", async () => {
    const gateway = await startGateway({ CONNECTION_TESTS_PER_MINUTE: "3" });
    const [ada, bob] = [await gateway.signUp("ada"), await gateway.signUp("bob")];
    const good = await startMisbehavingServer(() => ({ body: '{"data":[]}' }));
    const closed = `http://127.0.0.1:${await findRefusingPort()}`;
    expect(await verdictsOf(4, () => testAt(gateway, ada.token, good.origin))).toEqual(Array(4).fill("PASSED"));
    expect(await verdictsOf(4, () => testAt(gateway, ada.token, "http://10.0.0.1"))).toEqual(Array(4).fill("BLOCKED_ADDRESS"));
    const failed = await verdictsOf(5, () => testAt(gateway, ada.token, closed));
    expect(failed).toEqual([...Array(3).fill("UNREACHABLE"), "RATE_LIMITED", "RATE_LIMITED"]);
    expect((await testAt(gateway, bob.token, closed)).verdict).toBe("UNREACHABLE");
  });

  test("that fail take a time that does not tell a shut port from an open one, and no word of what answers there", async () => {
    const floor = 300;
    const gateway = await startGateway({ CONNECTION_TEST_FLOOR_MS: String(floor) });
    const { token } = await gateway.signUp("ada");
    const banner = await startMisbehavingServer(() => ({
      status: 418,
      headers: { server: "secret-canary" },
      body: "secret-canary",
    }));
    const ssh = await startMisbehavingServer("garbage-status");
    const urls = [`http://127.0.0.1:${await findRefusingPort()}`, banner.origin, ssh.origin];
    for (const url of urls) {
      const { durationMs, message } = await testAt(gateway, token, url);
      expect(durationMs).toBeGreaterThanOrEqual(floor);
      expect(message).not.toMatch(/canary|OpenSSH/);
    }
  });
});

test("a URL that was saved while it was allowed is refused at use once the operator's list no longer has it", async () => {
  const upstream = await startMisbehavingServer(() => ({ body: '{"data":[]}' }));
  const first = await startGateway();
  const { token } = await first.signUp("ada");
  const fields = Object.entries({ api_key: "sk-0123456789", base_url: upstream.origin }).map(([name, value]) => ({
    name,
    value,
  }));
  const save = "mutation ($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } } }";
  const { data } = await first.query(save, { input: { connector: "llm-api-key", fields } }, token);
  const { id } = (data as { saveCredential: { credential: { id: string } } }).saveCredential.credential;
  const seen = upstream.connectionCount();
  const narrowed = await startGateway({ UPSTREAM_ALLOW: "localhost:8069" }, first.store);
  const tested = await narrowed.query(TEST_IT, { input: { credential: { id } } }, token);
  const called = await narrowed.query(CALL_IT, { input: { credential: { id }, path: "models" } }, token);
  await narrowed.close();
  expect([tested.data?.testCredential, called.data?.callUpstream]).toMatchObject([
    { connectionTest: { outcome: "FAILED", code: "BLOCKED_ADDRESS" } },
    { response: null, userErrors: [{ code: "BLOCKED_ADDRESS" }] },
  ]);
  expect(upstream.connectionCount()).toBe(seen);
});
