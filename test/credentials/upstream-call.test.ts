import { describe, expect, test } from "vitest";
import { anonymousViewer } from "../../src/access/viewer.ts";
import { startCallGateway } from "../support/call-gateway.ts";
import { type Answering, startMisbehavingServer } from "../support/misbehaving-server.ts";

const KEY = "sk-0123456789abcdefXYZ";
const never = () => new AbortController().signal;

async function startForAda(answering: Answering) {
  const upstream = await startMisbehavingServer(answering);
  const gateway = await startCallGateway();
  const ada = await gateway.addUser("ada");
  await gateway.addCredential(ada, "llm-api-key", { api_key: KEY, base_url: upstream.origin });
  const credential = { connector: "llm-api-key" };
  return { upstream, gateway, ada, credential };
}

describe("a call that is answered whole", () => {
  test("gives status, headers and text, and says whose credential it was", async () => {
    const { upstream, gateway, ada, credential } = await startForAda(({ body, headers }) => ({
      status: 201,
      headers: { "content-type": "application/json", "set-cookie": "a=1" },
      body: JSON.stringify({ body, type: headers["content-type"], echo: headers.authorization }),
    }));
    const input = {
      credential,
      method: "POST",
      path: "/chat?x=1",
      headers: [
        { name: "Content-Type", value: "text/plain" },
        { name: "Authorization", value: "Bearer mine" },
      ],
      body: "hällo",
    };
    expect(await gateway.calls.call(ada, input, never())).toEqual({
      response: {
        status: 201,
        headers: [
          { name: "content-type", value: "application/json" },
          { name: "x-content-type-options", value: "nosniff" },
          { name: "content-security-policy", value: expect.stringMatching(/; sandbox$/) },
        ],
        body: '{"body":"hällo","type":"text/plain","echo":"Bearer ***"}',
        isBase64: false,
        durationMs: expect.any(Number),
      },
      source: "USER",
      userErrors: [],
    });
    expect(upstream.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([["/chat?x=1", `Bearer ${KEY}`]]);
    expect((await gateway.trail()).map(({ action, outcome }) => [action, outcome])).toEqual([
      ["UPSTREAM_CALL_STARTED", "SUCCEEDED"],
      ["UPSTREAM_CALLED", "SUCCEEDED"],
    ]);
  });

  test("gives bytes that are no text as base64", async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x41]);
    const { gateway, ada, credential } = await startForAda(() => ({ body: bytes }));
    const { response } = await gateway.calls.call(ada, { credential, path: "x" }, never());
    expect([response?.isBase64, response?.body]).toEqual([true, bytes.toString("base64")]);
  });

  test("takes an error status of the upstream for an answer", async () => {
    const { gateway, ada, credential } = await startForAda(() => ({ status: 503, body: "later" }));
    const { response, userErrors } = await gateway.calls.call(ada, { credential, path: "x" }, never());
    expect([response?.status, response?.body, userErrors]).toEqual([503, "later", []]);
  });
});

describe("a call that fails", () => {
  test("at the upstream is a result with a reason, and on record as failed", async () => {
    const { upstream, gateway, ada, credential } = await startForAda(() => ({}));
    upstream.behave("reset");
    const result = await gateway.calls.call(ada, { credential, path: "x" }, never());
    expect(result).toEqual({
      response: null,
      source: "USER",
      userErrors: [{ message: "The server closed the connection without an answer.", field: null, code: "UNREACHABLE" }],
    });
    expect((await gateway.trail()).at(-1)).toMatchObject({ outcome: "FAILED", details: { status: null, code: "UNREACHABLE" } });
  });

  test("by an answer over 5 MB, or by the end of the request's time, is a result too", async () => {
    const { upstream, gateway, ada, credential } = await startForAda(() => ({ body: Buffer.alloc(5 * 1024 * 1024 + 1, "x") }));
    const great = await gateway.calls.call(ada, { credential, path: "x" }, never());
    expect(great.userErrors).toMatchObject([{ code: "UNEXPECTED_RESPONSE", message: expect.stringContaining("5 MB") }]);
    upstream.behave("hang");
    const late = await gateway.calls.call(ada, { credential, path: "x" }, AbortSignal.timeout(100));
    expect(late.userErrors).toMatchObject([{ code: "TIMEOUT" }]);
  });

  test("by the end of the request's time while the upstream's login hangs is a result as well, and on record", async () => {
    const { upstream, gateway, ada } = await startForAda(() => ({}));
    upstream.behave("hang");
    const fields = { email: "ada@example.com", password: "correct horse", login_url: `${upstream.origin}/login` };
    await gateway.addCredential(ada, "login-api", { ...fields, base_url: upstream.origin });
    const input = { credential: { connector: "login-api" }, path: "x" };
    const late = await gateway.calls.call(ada, input, AbortSignal.timeout(200));
    expect([late.response, late.source, late.userErrors.map(({ code }) => code)]).toEqual([null, "USER", ["TIMEOUT"]]);
    expect((await gateway.trail()).at(-1)).toMatchObject({ outcome: "FAILED", details: { status: null, code: "TIMEOUT" } });
  });

  test("by what was asked is the caller's error, and nothing is sent", async () => {
    const { upstream, gateway, ada, credential } = await startForAda(() => ({}));
    const bob = await gateway.addUser("bob");
    const anonymous = anonymousViewer(ada.origin);
    const headers = [{ name: "x-y", value: "a\r\nb: c" }];
    const refusals = [
      gateway.calls.call(ada, { credential, path: "../x" }, never()),
      gateway.calls.call(ada, { credential, path: "x", method: "TRACE" }, never()),
      gateway.calls.call(ada, { credential, path: "x", headers }, never()),
      gateway.calls.call(ada, { credential, path: "x", body: "x" }, never()),
      gateway.calls.call(bob, { credential, path: "x" }, never()),
      gateway.calls.call(anonymous, { credential, path: "x" }, never()),
      gateway.calls.call({ ...ada, permissions: new Set() }, { credential, path: "x" }, never()),
    ];
    const codes = await Promise.all(
      refusals.map((refusal) =>
        refusal.then(
          () => "passed",
          (error: { code: string }) => error.code,
        ),
      ),
    );
    expect(codes).toEqual([
      "BAD_USER_INPUT",
      "BAD_USER_INPUT",
      "BAD_USER_INPUT",
      "BAD_USER_INPUT",
      "NOT_FOUND",
      "UNAUTHENTICATED",
      "FORBIDDEN",
    ]);
    expect([upstream.requests, await gateway.trail()]).toEqual([[], []]);
  });
});
