import { describe, expect, test } from "vitest";
import { createLoginApiConnector } from "../../src/connectors/login-api/login-api.connector.ts";
import { parseAllowList } from "../../src/upstream/allow-list.ts";
import { createHttpClient } from "../../src/upstream/guarded-http-client.ts";
import { type Answer, type Answering, startMisbehavingServer } from "../support/misbehaving-server.ts";
import { describeConnectorContract } from "./contract-suite.ts";

const EMAIL = "john@example.com";
const PASSWORD = `s3cret/"quoted"&+ ü'%7E`;
const SENTENCE = "Failed to generate token after retries";
const TTL_SECONDS = 480;

const answer = (body: unknown, rest: Partial<Answer> = {}): Answering => {
  return () => ({ headers: { "content-type": "application/json" }, body: JSON.stringify(body), ...rest });
};
const accepting = answer({ statusCode: 200, accessToken: "eyJ.token" });

describeConnectorContract("login-api", {
  create: (http) => createLoginApiConnector({ http, tokenTtlSeconds: TTL_SECONDS }),
  values: (origin) => ({ email: EMAIL, password: PASSWORD, login_url: `${origin}/login` }),
  upstream: {
    accepting,
    rejecting: answer({ message: `wrong password: ${PASSWORD}` }, { status: 401 }),
    isLogin: (request) => request.body.includes(JSON.stringify(PASSWORD)),
  },
});

const http = createHttpClient({ allowList: parseAllowList(["127.0.0.1"]) });

async function logIn(answering: Answering) {
  const server = await startMisbehavingServer(answering);
  const connector = createLoginApiConnector({ http, loginUrl: `${server.origin}/auth/login`, tokenTtlSeconds: TTL_SECONDS });
  const parsed = connector.parseFields({ email: EMAIL, password: PASSWORD });
  if (connector.login === undefined || !parsed.ok) throw new Error("The connector does not log in with these fields.");
  return { server, login: connector.login(parsed.values, { signal: new AbortController().signal }) };
}

const jwt = (claims: unknown) => `eyJhbGciOiJub25lIn0.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;

/** Seconds from now until the end that a login with this token, and what else it answers, gives. */
async function lifeOf(accessToken: string, said: object = {}): Promise<number> {
  const { login } = await logIn(answer({ statusCode: 200, accessToken, ...said }));
  return Math.round((((await login).expiresAt?.getTime() ?? 0) - Date.now()) / 1_000);
}

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

test("it can test, buy an access token, and have calls made with it", () => {
  expect(createLoginApiConnector({ http, tokenTtlSeconds: TTL_SECONDS }).capabilities).toEqual(["TEST", "ACCESS_TOKEN", "CALL"]);
});

test("a login is one POST of e-mail and password as JSON to the operator's login URL", async () => {
  const { server, login } = await logIn(accepting);
  expect((await login).accessToken).toBe("eyJ.token");
  expect(
    server.requests.map(({ method, path, headers, body }) => [method, path, headers["content-type"], JSON.parse(body)]),
  ).toEqual([["POST", "/auth/login", "application/json", { email: EMAIL, password: PASSWORD }]]);
});

test("without any login URL nothing is contacted", async () => {
  const connector = createLoginApiConnector({ http, tokenTtlSeconds: TTL_SECONDS });
  const testing = connector.test({ email: EMAIL, password: PASSWORD }, { signal: new AbortController().signal });
  await expect(testing).rejects.toMatchObject({ code: "INVALID_FIELDS", stage: "VALIDATE" });
});

describe("an answer", () => {
  test.each([
    ["200 that means 500", 200, { statusCode: 500, accessToken: SENTENCE }, "UNREACHABLE"],
    ["200 that means 401", 200, { statusCode: 401, accessToken: "no" }, "CREDENTIAL_REJECTED"],
    ["200 that means 403", 200, { statusCode: 403 }, "CREDENTIAL_REJECTED"],
    ["200 that means 429", 200, { statusCode: 429 }, "RATE_LIMITED"],
    ["200 that means 204", 200, { statusCode: 204, accessToken: "token" }, "UNEXPECTED_RESPONSE"],
    ["200 with the status as text", 200, { statusCode: "200", accessToken: "token" }, "UNEXPECTED_RESPONSE"],
    ["200 without a status", 200, { accessToken: "token" }, "UNEXPECTED_RESPONSE"],
    ["200 without a token", 200, { statusCode: 200 }, "UNEXPECTED_RESPONSE"],
    ["200 with a sentence for a token", 200, { statusCode: 200, accessToken: SENTENCE }, "UNEXPECTED_RESPONSE"],
    ["200 with a line end in the token", 200, { statusCode: 200, accessToken: "to\nken" }, "UNEXPECTED_RESPONSE"],
    ["200 with an empty token", 200, { statusCode: 200, accessToken: "" }, "UNEXPECTED_RESPONSE"],
    ["200 with a token over 16 KB", 200, { statusCode: 200, accessToken: "t".repeat(16_385) }, "UNEXPECTED_RESPONSE"],
    ["401 with a token", 401, { statusCode: 200, accessToken: "token" }, "CREDENTIAL_REJECTED"],
    ["403", 403, {}, "CREDENTIAL_REJECTED"],
    ["429", 429, {}, "RATE_LIMITED"],
    ["500 with a token", 500, { statusCode: 200, accessToken: "token" }, "UNREACHABLE"],
    ["503", 503, {}, "UNREACHABLE"],
    ["400", 400, {}, "UNEXPECTED_RESPONSE"],
  ])("%s is a failure and its text goes nowhere", async (_, status, body, code) => {
    const { login } = await logIn(answer(body, { status }));
    const failure = await login.then(
      () => null,
      (error: Error & { code: string }) => error,
    );
    expect(failure?.code).toBe(code);
    expect(`${failure?.message}${String(failure?.cause)}`).not.toContain(SENTENCE);
  });

  test("that asks to wait says for how long", async () => {
    const { login } = await logIn(answer({}, { status: 429, headers: { "retry-after": "17" } }));
    await expect(login).rejects.toMatchObject({ code: "RATE_LIMITED", retryAfterSeconds: 17 });
  });
});

describe("a token is used", () => {
  test.each([
    ["for the configured time when it is no JWT", () => "opaque", TTL_SECONDS],
    ["for the configured time when its own end is later", () => jwt({ exp: inSeconds(3_600) }), TTL_SECONDS],
    ["for the configured time when it has no end", () => jwt({ sub: "1" }), TTL_SECONDS],
    ["until 30 seconds before its own end", () => jwt({ exp: inSeconds(100) }), 70],
    ["not again when its own end is nearer than that", () => jwt({ exp: inSeconds(20) }), -10],
    ["for a minute when its end is past", () => jwt({ exp: inSeconds(-5) }), 60],
    ["for a minute when its end is text", () => jwt({ exp: "soon" }), 60],
    ["for a minute when its end is in milliseconds", () => jwt({ exp: inSeconds(100) * 1_000 }), 60],
  ])("%s", async (_, token, seconds) => {
    expect(Math.abs((await lifeOf(token())) - seconds)).toBeLessThanOrEqual(2);
  });
});

test("a life that the login says is kept when it is shorter, and one that cannot be counts as a minute", async () => {
  const said = [120, 3_600, 0, -5, "3600", null, 1e12, Number.MAX_SAFE_INTEGER, {}];
  const lives = await Promise.all(said.map((expires_in) => lifeOf("opaque", { expires_in })));
  expect(lives).toEqual([120, TTL_SECONDS, 60, 60, 60, 60, 60, 60, 60]);
});
