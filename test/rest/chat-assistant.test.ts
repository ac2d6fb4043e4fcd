import { describe, expect, it } from "vitest";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { startMisbehavingServer } from "../support/misbehaving-server.ts";
import { answerOf, ask } from "../support/rest.ts";

const PATH = "/api/user/credentials";
const LOGIN = { api_auth_email: "john@example.com", api_auth_password: "upstream passphrase" };
const NONE = { status: 200, body: { has_credentials: false, api_auth_email: null, source: null } };
const FAILED = { status: 502, body: { statusCode: 500, accessToken: "Failed to generate token after retries" } };

/** A login API that gives the token of whoever logs in, and a gateway that uses it. */
async function startWithUpstream(environment: Record<string, string> = {}) {
  const upstream = await startMisbehavingServer();
  upstream.behave(({ body }) => {
    const { email } = JSON.parse(body) as { email: string };
    return {
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ statusCode: 200, accessToken: `token-of-${email}` }),
    };
  });
  const gateway = await startGateway({ LOGIN_API_URL: `${upstream.origin}/login`, ...environment });
  return { upstream, gateway };
}

async function signUpWithLogin(gateway: Gateway): Promise<string> {
  const { token } = await gateway.signUp("john_doe");
  await ask(gateway, `PUT ${PATH}`, { token, json: LOGIN });
  return token;
}

describe("system A: the login", () => {
  it("is stored untested, shown without its password, and deleted once", async () => {
    const { upstream, gateway } = await startWithUpstream();
    const { token } = await gateway.signUp("john_doe");
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual(NONE);
    expect(await answerOf(gateway, `PUT ${PATH}`, { token, json: LOGIN })).toEqual({
      status: 200,
      body: { message: "API credentials updated successfully", has_credentials: true, api_auth_email: "john@example.com" },
    });
    expect(upstream.connectionCount()).toBe(0);
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual({
      status: 200,
      body: { has_credentials: true, api_auth_email: "john@example.com", source: "user" },
    });
    expect(await answerOf(gateway, `DELETE ${PATH}`, { token })).toEqual({
      status: 200,
      body: { message: "API credentials deleted successfully" },
    });
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual(NONE);
    expect(await answerOf(gateway, `DELETE ${PATH}`, { token })).toEqual({
      status: 404,
      body: { detail: "No API credentials are stored" },
    });
  });

  it("of the environment serves who has none of their own, and says so, unless the policy denies it", async () => {
    const environment = { API_AUTH_EMAIL: "shared@example.com", API_AUTH_PASSWORD: "shared passphrase" };
    const { gateway } = await startWithUpstream(environment);
    const { token } = await gateway.signUp("john_doe");
    const shared = { status: 200, body: { has_credentials: true, api_auth_email: "shared@example.com", source: "system" } };
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual(shared);
    expect(await answerOf(gateway, "POST /api/user/token", { token })).toEqual({
      status: 200,
      body: { statusCode: 200, accessToken: "token-of-shared@example.com" },
    });
    expect((await ask(gateway, `DELETE ${PATH}`, { token })).status).toBe(404);
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual(shared);

    const strict = await startWithUpstream({ ...environment, FALLBACK_POLICY: "deny" });
    const jane = await strict.gateway.signUp("jane");
    expect(await answerOf(strict.gateway, `GET ${PATH}`, { token: jane.token })).toEqual(NONE);
    expect((await ask(strict.gateway, "POST /api/user/token", { token: jane.token })).status).toBe(404);
  });

  it("may be put by many at once, and one of theirs is left", async () => {
    const { gateway } = await startWithUpstream();
    const { token } = await gateway.signUp("john_doe");
    const put = (index: number) =>
      ask(gateway, `PUT ${PATH}`, { token, json: { ...LOGIN, api_auth_email: `john+${index}@example.com` } });
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => put(index)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
    expect((await answerOf(gateway, `GET ${PATH}`, { token })).body).toMatchObject({ has_credentials: true, source: "user" });
  });

  it("of another user is never seen", async () => {
    const { gateway } = await startWithUpstream();
    await signUpWithLogin(gateway);
    const { token } = await gateway.signUp("jane");
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual(NONE);
    expect((await ask(gateway, `DELETE ${PATH}`, { token })).status).toBe(404);
  });

  it("without both fields as texts is 400 and names the field", async () => {
    const { gateway } = await startWithUpstream();
    const { token } = await gateway.signUp("john_doe");
    const put = async (json: object) => (await answerOf(gateway, `PUT ${PATH}`, { token, json })).body;
    expect(await put({ api_auth_email: "a@b" })).toEqual({ detail: "api_auth_password must be a text." });
    expect(await put({ ...LOGIN, api_auth_email: ["a"] })).toEqual({ detail: "api_auth_email must be a text." });
    expect(await put({ ...LOGIN, api_auth_password: "" })).toEqual({ detail: expect.stringMatching(/^password: /) });
    expect(await put({ ...LOGIN, api_auth_email: "x".repeat(400) })).toEqual({ detail: expect.stringMatching(/^email: /) });
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual(NONE);
  });
});

describe("system A: the token", () => {
  it("is the upstream's, one login for many callers", async () => {
    const { upstream, gateway } = await startWithUpstream();
    const token = await signUpWithLogin(gateway);
    const answers = await Promise.all(Array.from({ length: 25 }, () => answerOf(gateway, "POST /api/user/token", { token })));
    const good = { status: 200, body: { statusCode: 200, accessToken: "token-of-john@example.com" } };
    expect(answers).toEqual(Array.from({ length: 25 }, () => good));
    expect(upstream.requests.length).toBe(1);
    const empty = { token, headers: { "content-type": "application/json" } };
    expect(await answerOf(gateway, "POST /api/user/token", empty)).toEqual(good);
  });

  it("is a failure with the text that clients look for when the upstream answers 200 and means 500", async () => {
    const { upstream, gateway } = await startWithUpstream();
    const token = await signUpWithLogin(gateway);
    const text = JSON.stringify({ statusCode: 500, accessToken: "Failed to generate token after retries" });
    upstream.behave(() => ({ headers: { "content-type": "application/json" }, body: text }));
    expect(await answerOf(gateway, "POST /api/user/token", { token })).toEqual(FAILED);
  });

  it("is the same failure when the upstream rejects the password, which is then not sent again", async () => {
    const { upstream, gateway } = await startWithUpstream();
    const token = await signUpWithLogin(gateway);
    upstream.behave(() => ({ status: 401, headers: { "content-type": "application/json" }, body: '{"statusCode":401}' }));
    expect(await answerOf(gateway, "POST /api/user/token", { token })).toEqual(FAILED);
    expect(await answerOf(gateway, "POST /api/user/token", { token })).toEqual(FAILED);
    expect(upstream.requests.length).toBe(1);
  });

  it("is 404 for who has no login", async () => {
    const { gateway } = await startWithUpstream();
    const { token } = await gateway.signUp("john_doe");
    expect(await answerOf(gateway, "POST /api/user/token", { token })).toEqual({
      status: 404,
      body: { detail: "There is no login: neither one of yours nor a default." },
    });
  });
});

it("system A: calls go through to the upstream with the user's token", async () => {
  const upstream = await startMisbehavingServer();
  upstream.behave(({ path, headers }) =>
    path === "/login"
      ? { headers: { "content-type": "application/json" }, body: '{"statusCode":200,"accessToken":"upstream-token-of-john"}' }
      : {
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ path, isOurs: headers.authorization === "Bearer upstream-token-of-john" }),
        },
  );
  const gateway = await startGateway({ LOGIN_API_URL: `${upstream.origin}/login`, LOGIN_API_BASE_URL: `${upstream.origin}/v1` });
  const token = await signUpWithLogin(gateway);
  expect(await answerOf(gateway, "GET /api/user/call/clusters?all=1", { token })).toEqual({
    status: 200,
    body: { path: "/v1/clusters?all=1", isOurs: true },
  });
});
