import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeAll, expect, test } from "vitest";
import { makeId } from "../../src/identifiers.ts";
import { anonymous, viewerOf } from "../support/access.ts";
import { BrowserClient } from "../support/browser-client.ts";
import { type Gateway, startGateway, USER_PASSWORD } from "../support/gateway.ts";
import { sendRaw } from "../support/raw-request.ts";
import { hmacToken, stealSigner } from "../support/stolen-signer.ts";
import { type TokenWorld, tokenCases } from "./token-cases.ts";

const ISSUER = { iss: "https://chat.example.test", secret: "the chat front end's shared secret" };
const json = { "content-type": "application/json" };

type Headers = Readonly<Record<string, string | string[]>>;
/** The word for what a gateway says to whoever shows a token there: `refused`, `accepted`, or what else it was. */
type Transport = (gateway: Gateway, authorization: Headers) => Promise<string>;

/** A code as a word: a subscription to a run that does not exist tells, by NOT_FOUND, that the caller may ask. */
function wordOf(body: string): string {
  const code = /"code":"([A-Z_]+)"/.exec(body)?.[1];
  if (code === "UNAUTHENTICATED" || code === "INVALID_REFRESH_TOKEN") return "refused";
  return code === undefined || code === "NOT_FOUND" ? "accepted" : code;
}

const graphql = (path: string, query: string, headers: Headers): Transport => {
  const body = JSON.stringify({ query });
  return async ({ url }, shown) =>
    wordOf((await sendRaw(url, { method: "POST", path, headers: { ...json, ...headers, ...shown }, body })).body);
};

const SUBSCRIPTION = `subscription { syncRunProgress(id: "${makeId("run")}") { id } }`;

const TRANSPORTS: Readonly<Record<string, Transport>> = {
  GraphQL: graphql("/graphql", "{ credentials(first: 1) { nodes { id } } }", {}),
  stream: graphql("/graphql/stream", SUBSCRIPTION, { accept: "text/event-stream" }),
  REST: async ({ url }, shown) => {
    const { status } = await sendRaw(url, { path: "/api/credentials", headers: shown });
    return status === 401 ? "refused" : status === 200 ? "accepted" : String(status);
  },
};

/** A page of ours, with the token in the place of the refresh token. */
const asCookie: Transport = async (gateway, { cookie = "" }) => {
  const page = { "x-postern-session": "cookie", "sec-fetch-site": "same-origin", origin: gateway.url };
  return graphql("/graphql", "mutation { refreshSession { accessToken userErrors { code } } }", page)(gateway, { cookie });
};

const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

let asked = 0;
const keyServer = createServer((_request, response) => {
  asked += 1;
  response.end('{"keys":[]}');
});
beforeAll(async () => {
  await new Promise<void>((resolve) => keyServer.listen(0, "127.0.0.1", resolve));
  return () => void keyServer.close();
});

async function signIn(gateway: Gateway, username: string) {
  const { token, userId } = await gateway.signUp(username);
  const { sessionId } = await viewerOf(gateway.services.access, token);
  if (sessionId === null) throw new Error("no session");
  return { token, userId, sessionId, claims: { sub: userId, sid: sessionId } };
}

async function startWorld(): Promise<{ gateway: Gateway; world: TokenWorld; oldToken: string }> {
  const gateway = await startGateway({
    TRUSTED_ISSUERS: JSON.stringify([{ issuer: ISSUER.iss, secret: ISSUER.secret }]),
    GENERAL_RATE_LIMIT_PER_MINUTE: "0",
  });
  const { access, database, envelope, config } = gateway.services;
  const alice = await signIn(gateway, "alice");
  const victim = { ...alice, issuer: config.issuer, now: Math.floor(Date.now() / 1_000) };
  const retiredSigner = await stealSigner({ database, envelope }, victim);
  await access.signingKeys.rotateSigningKey();
  const signer = await stealSigner({ database, envelope }, victim);

  const [other, deleted, disabled] = [await signIn(gateway, "bob"), await signIn(gateway, "dan"), await signIn(gateway, "eve")];
  const admin = await viewerOf(access, await gateway.signInAdministrator());
  await access.administration.deleteUser(admin, deleted.userId, "dan");
  await access.administration.setActive(admin, disabled.userId, false);
  const login = async () => {
    const outcome = await access.sessions.login(anonymous(), { username: "alice", password: USER_PASSWORD });
    if (!("accessToken" in outcome)) throw new Error("no session");
    return outcome.accessToken;
  };
  const ended = await viewerOf(access, await login());
  await access.sessions.logout(ended);
  const { port } = keyServer.address() as AddressInfo;
  const world = {
    signer,
    retiredSigner,
    goodToken: await login(),
    other: other.claims,
    deleted: deleted.claims,
    disabled: disabled.claims,
    endedSessionId: ended.sessionId ?? "",
    url: `http://127.0.0.1:${port}/jwks.json`,
    issuer: ISSUER,
  };
  return { gateway, world, oldToken: alice.token };
}

/** What each of the named headers comes to, those that are as expected left out. One after another: streams are few. */
async function exceptions(
  gateway: Gateway,
  transports: Readonly<Record<string, Transport>>,
  shown: ReadonlyMap<string, Headers>,
  expected: string,
) {
  const asking = Object.entries(transports).map(async ([where, transport]) => {
    const found: string[] = [];
    for (const [name, headers] of shown) {
      const word = await transport(gateway, headers);
      if (word !== expected) found.push(`${name}, ${where}: ${word}`);
    }
    return found;
  });
  return (await Promise.all(asking)).flat();
}

test("of over 300 tokens that must be refused none gets in by GraphQL, stream, REST or the session cookie, and no key is fetched for one", async () => {
  const { gateway, world, oldToken } = await startWorld();
  const cases = new Map(tokenCases(world));
  expect(cases.size).toBe(tokenCases(world).length);
  expect(cases.size).toBeGreaterThanOrEqual(300);

  const controls = new Map([
    ["ours", bearer(world.goodToken)],
    ["one of before the key rotation", bearer(oldToken)],
    ["the stolen signer's", bearer(world.signer.withClaims({}))],
    ["the retired signer's", bearer(world.retiredSigner.withClaims({}))],
    ["with another scheme's capitals", { authorization: `bEARER ${world.goodToken}` }],
    ["the trusted issuer's", bearer(trustedToken(world))],
  ]);
  expect(await exceptions(gateway, TRANSPORTS, controls, "accepted")).toEqual([]);

  const page = new BrowserClient(gateway);
  await page.signIn("bob", USER_PASSWORD);
  const inHeader = new Map([...cases].map(([name, token]) => [name, bearer(token)]));
  const inCookie = new Map([...cases, ["ours", world.goodToken] as const].map(([name, token]) => [name, cookieOf(token)]));
  expect(
    (
      await Promise.all([
        exceptions(gateway, TRANSPORTS, inHeader, "refused"),
        exceptions(gateway, { cookie: asCookie }, inCookie, "refused"),
      ])
    ).flat(),
  ).toEqual([]);

  expect(asked).toBe(0);
  expect(await asCookie(gateway, cookieOf(page.cookie ?? ""))).toBe("accepted");
  expect(await exceptions(gateway, TRANSPORTS, new Map([["ours", bearer(world.goodToken)]]), "accepted")).toEqual([]);
}, 180_000);

test("a good token counts in one Authorization header with the scheme Bearer alone", async () => {
  const gateway = await startGateway();
  const { token } = await gateway.signUp("alice");
  const schemes = [
    "Basic",
    "Token",
    "JWT",
    "Digest",
    "DPoP",
    "MAC",
    "Negotiate",
    "Bearer:",
    "Bearer,",
    "BearerBearer",
    "Bearer Bearer",
    "Bearer\t",
  ];
  const refused = new Map<string, Headers>([
    ...schemes.map((scheme): [string, Headers] => [scheme, { authorization: `${scheme} ${token}` }]),
    ["no scheme", { authorization: token }],
    ["no space", { authorization: `Bearer${token}` }],
    ["no token", { authorization: "Bearer" }],
    ["two tokens", { authorization: `Bearer ${token} ${token}` }],
    ["Basic with it as the password", { authorization: `Basic ${Buffer.from(`:${token}`).toString("base64")}` }],
    ...["x-access-token", "x-api-key", "x-authorization", "proxy-authorization", "access_token", "authentication"].map(
      (name): [string, Headers] => [name, { [name]: `Bearer ${token}` }],
    ),
    ["as cookie access_token", { cookie: `access_token=${token}; token=${token}; __Host-postern-refresh=${token}` }],
  ]);
  expect(await exceptions(gateway, TRANSPORTS, refused, "refused")).toEqual([]);

  const twice = new Map([["twice", { authorization: [`Bearer ${token}`, `Bearer ${token}`] }]]);
  const { GraphQL, REST, stream } = TRANSPORTS as Record<"GraphQL" | "REST" | "stream", Transport>;
  expect(await exceptions(gateway, { GraphQL, stream }, twice, "BAD_USER_INPUT")).toEqual([]);
  expect(await exceptions(gateway, { REST }, twice, "400")).toEqual([]);
  const inAddress = await sendRaw(gateway.url, { path: `/api/credentials?access_token=${token}&token=${token}` });
  expect(inAddress.status).toBe(401);
});

function cookieOf(token: string): Headers {
  return { cookie: `__Host-postern-refresh=${token}` };
}

function trustedToken({ signer, issuer: { iss, secret } }: TokenWorld): string {
  return hmacToken({ header: { typ: "JWT" }, claims: { iss, sub: "carl", exp: signer.now + 3_600 } }, "HS256", secret);
}
