import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { ROLE_PERMISSIONS } from "../../src/access/permission.ts";
import { type AccessHarness, anonymous, auditTrail, PASSWORD, registerUser, startAccess } from "../support/access.ts";
import { startKeySetServer } from "../support/key-set-server.ts";
import { encode, expectAllRefused, hmacToken, type Members } from "../support/stolen-signer.ts";

const SECRET = "the chat front end's shared secret";
const JWT: Members = { typ: "JWT" };

type Entry = Readonly<Record<string, unknown>>;

async function startWithIssuers(...entries: readonly Entry[]) {
  const harness = await startAccess({ environment: { TRUSTED_ISSUERS: JSON.stringify(entries) } });
  const seconds = (offset = 0) => Math.floor(harness.clock.now().getTime() / 1_000) + offset;
  const chat = (claims: Members, header: Members = JWT) =>
    hmacToken({ header, claims: { exp: seconds(3_600), ...claims } }, "HS256", SECRET);
  return { ...harness, seconds, chat };
}

const startWithChat = (entry: Entry = {}) => startWithIssuers({ name: "open-webui", secret: SECRET, ...entry });

async function identify(node: AccessHarness["node"], token: string) {
  const viewer = await node.authentication.authenticate(`Bearer ${token}`, anonymous().origin);
  if (viewer.type !== "USER") throw new Error("no user");
  return viewer;
}

test("a chat front end's user is one user of ours from the first token on, at every node", async () => {
  const { node, otherNode, database, chat } = await startWithChat();
  const viewer = await identify(node, chat({ id: "8f7d" }));
  expect(viewer).toEqual({
    type: "USER",
    id: expect.stringMatching(/^user_/),
    username: "8f7d",
    role: "USER",
    sessionId: null,
    permissions: ROLE_PERMISSIONS.USER,
    origin: anonymous().origin,
  });
  expect(await identify(otherNode, chat({ id: "8f7d", jti: "another token" }))).toEqual(viewer);
  expect((await identify(node, chat({ sub: "someone else" }))).id).not.toBe(viewer.id);
  expect(await database.client.user.findUniqueOrThrow({ where: { id: viewer.id } })).toMatchObject({
    email: null,
    passwordHash: null,
  });
  expect(await node.sessions.logout(viewer)).toBe(false);
  expect((await auditTrail(database))[1]).toEqual({
    action: "USER_REGISTERED",
    outcome: "SUCCEEDED",
    actorType: "ANONYMOUS",
    targetType: "User",
    details: { role: "USER", issuer: "open-webui" },
  });
});

test("of many first requests at once, on two nodes, one user comes", async () => {
  const { node, otherNode, database, chat } = await startWithChat();
  const viewers = await Promise.all(
    Array.from({ length: 30 }, (_, index) => identify(index % 2 ? node : otherNode, chat({ id: "u1" }))),
  );
  expect(new Set(viewers.map(({ id }) => id)).size).toBe(1);
  expect(await database.client.user.count()).toBe(1);
});

test("name and email come from the claims; a name that is taken stays with its owner", async () => {
  const { node, database, chat } = await startWithChat({ usernameClaim: "nick" });
  const alice = await registerUser(node, "Alice");
  const viewer = await identify(node, chat({ id: "1", nick: " ALICE ", email: "alice@example.com" }));
  expect(viewer.id).not.toBe(alice.user.id);
  expect(viewer.username).toMatch(/^ALICE-[0-9a-f]{6}$/);
  expect((await database.client.user.findUniqueOrThrow({ where: { id: viewer.id } })).email).toBe("alice@example.com");
  expect((await identify(node, chat({ id: "2", nick: "x".repeat(200), email: "no address" }))).username).toMatch(
    /^user-[0-9a-f]{12}$/,
  );
  expect(await node.sessions.login(anonymous(), { username: viewer.username, password: PASSWORD })).toMatchObject({
    userErrors: [{ code: "INVALID_LOGIN" }],
  });
});

test("what other libraries write as JSON is read: escapes, spaces and an issuer's own members", async () => {
  const { node, seconds } = await startWithChat();
  const payload = `{"id": "u1", "exp": ${seconds(60)}, "name": "J\\u00f6rg <b>", "nested": {"id": ["}", {"id": 1}]}}`;
  const input = `${encode('{"typ":"JWT", "alg":"HS256"}')}.${encode(payload)}`;
  const token = `${input}.${createHmac("sha256", SECRET).update(input).digest("base64url")}`;
  expect((await identify(node, token)).username).toBe("u1");
});

test("forged, malformed, outlived and foreign tokens are refused", async () => {
  const harness = await startWithIssuers(
    { name: "open-webui", secret: SECRET },
    { issuer: "https://id.example", secret: SECRET, audience: "postern" },
  );
  const { chat, seconds } = harness;
  const claims = { id: "u1", exp: seconds(60) };
  const good = chat({ id: "u1" });
  const byIssuer = { id: undefined, sub: "u1", iss: "https://id.example", aud: "postern" };
  const [head = "", body = "", signature = ""] = good.split(".");
  const signText = (text: string) => hmacToken({ header: JWT, claims: text as unknown as Members }, "HS256", SECRET);

  for (const token of [good, chat(byIssuer), chat({ ...byIssuer, aud: ["other", "postern"] })])
    await identify(harness.node, token);
  await expectAllRefused(harness, {
    "no signature": `${encode({ alg: "none", typ: "JWT" })}.${body}.`,
    "algorithm none": `${encode({ alg: "none", typ: "JWT" })}.${body}.${signature}`,
    "another algorithm": hmacToken({ header: JWT, claims }, "HS512", SECRET),
    "another secret": hmacToken({ header: JWT, claims }, "HS256", `${SECRET}!`),
    "an empty secret": hmacToken({ header: JWT, claims }, "HS256", ""),
    "another type": chat(claims, { typ: "at+secret" }),
    "a key of its own": chat(claims, { ...JWT, jwk: { kty: "oct", k: encode("x") } }),
    "a key's address": chat(claims, { ...JWT, jku: "http://127.0.0.1:1/" }),
    "critical members": chat(claims, { ...JWT, crit: ["exp"] }),
    "unencoded payload": chat(claims, { ...JWT, b64: false }),
    "no end": chat({ id: "u1", exp: undefined }),
    "its end now": chat({ id: "u1", exp: seconds() }),
    "an end that is text": chat({ id: "u1", exp: String(seconds(60)) }),
    "an endless end": chat({ id: "u1", exp: 1e308 }),
    "a start to come": chat({ ...claims, nbf: seconds(60) }),
    "issued to come": chat({ ...claims, iat: seconds(30) }),
    "issued after its end": chat({ id: "u1", exp: seconds(2), iat: seconds(4) }),
    "no subject": chat({ name: "u1" }),
    "an empty subject": chat({ id: " " }),
    "a fraction as subject": chat({ id: 1.5 }),
    "a subject from the prototype": chat({ id: { toString: "u1" } }),
    "a NUL in the subject": chat({ id: "u\u00001" }),
    "an issuer nobody named": chat({ ...claims, iss: "https://other.example" }),
    "an issuer with a slash more": chat({ ...byIssuer, iss: "https://id.example/" }),
    "another audience": chat({ ...byIssuer, aud: "other" }),
    "no audience": chat({ ...byIssuer, aud: undefined }),
    padding: `${head}.${body}.${signature}=`,
    "a space": `${head}.${body} .${signature}`,
    "spare bits": `${head}.${body}.${signature.slice(0, -1)}${String.fromCharCode(signature.charCodeAt(signature.length - 1) + 1)}`,
    "a member twice": signText(`{"id":"u2","id":"u1","exp":${seconds(60)}}`),
    "a member twice, once escaped": signText(`{"id":"u2","\\u0069d":"u1","exp":${seconds(60)}}`),
    "a list": signText("[]"),
    "too long": chat({ ...claims, filler: "x".repeat(4_096) }),
  });
  expect(await harness.database.client.user.count()).toBe(2);
});

test("a token without an end is believed only where the entry says so, and a number can name a user", async () => {
  const harness = await startWithChat({ requireExpiry: false });
  const { node, chat } = harness;
  const viewer = await identify(node, chat({ id: 4711, exp: undefined }));
  expect(viewer.username).toBe("4711");
  expect(await identify(node, chat({ id: "4711" }))).toEqual(viewer);
  await expectAllRefused(harness, {
    "its end past": chat({ id: 4711, exp: 1 }),
    "an end that is null": chat({ id: 4711, exp: null }),
  });
});

test("a disabled user is refused on every node within five seconds, and an unknown one where the entry makes no users", async () => {
  const { node, otherNode, database, clock, chat } = await startWithChat();
  const { id } = await identify(node, chat({ id: "u1" }));
  await identify(otherNode, chat({ id: "u1" }));
  await database.client.user.update({ where: { id }, data: { isActive: false } });
  clock.advance(5_000);
  for (const each of [node, otherNode])
    await expect(identify(each, chat({ id: "u1" }))).rejects.toMatchObject({ code: "UNAUTHENTICATED" });

  const closed = await startWithChat({ createUsers: false });
  await expect(identify(closed.node, closed.chat({ id: "u1" }))).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  expect(await closed.database.client.user.count()).toBe(0);
});

test("an issuer gives ADMIN only when its entry says so, whatever the token or the store says", async () => {
  const plain = await startWithChat();
  const claims = { id: "u1", role: "ADMIN", permissions: ["user:write"] };
  const { id, role } = await identify(plain.node, plain.chat(claims));
  expect(role).toBe("USER");
  await plain.database.client.user.update({ where: { id }, data: { role: "ADMIN" } });
  plain.clock.advance(2_000);
  expect(await identify(plain.node, plain.chat(claims))).toMatchObject({ role: "USER", permissions: ROLE_PERMISSIONS.USER });

  const trusted = await startWithChat({ role: "ADMIN" });
  expect(await identify(trusted.node, trusted.chat({ id: "u1" }))).toMatchObject({
    role: "ADMIN",
    permissions: ROLE_PERMISSIONS.ADMIN,
  });
});

async function startWithKeySet() {
  const server = await startKeySetServer();
  const first = server.addKey("first");
  const entry = { issuer: "https://id.example", jwksUrl: server.url };
  const harness = await startWithIssuers(entry);
  const claims = (sub = "u1") => ({ iss: entry.issuer, sub, iat: harness.seconds(), exp: harness.seconds(300) });
  return { ...harness, server, first, claims };
}

test("tokens under a published key are believed, and its keys are read once for many of them", async () => {
  const { node, server, first, claims } = await startWithKeySet();
  const viewers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => identify(node, server.token(first, claims(index % 2 ? "u1" : "u2")))),
  );
  expect(new Set(viewers.map(({ username }) => username))).toEqual(new Set(["u1", "u2"]));
  expect(server.requests()).toBe(1);
});

test("neither a foreign key, nor the public key taken for a secret, nor a token without key id is believed", async () => {
  const harness = await startWithKeySet();
  const { server, first, claims } = harness;
  const foreign = (await startKeySetServer()).addKey("first");
  const pem = first.publicKey.export({ type: "spki", format: "pem" }).toString();
  await expectAllRefused(harness, {
    "foreign key": server.token(foreign, claims()),
    "public key as secret": hmacToken({ header: { ...JWT, kid: "first" }, claims: claims() }, "HS256", pem),
    "no key id": server.token(first, claims(), { kid: undefined }),
    "another algorithm of the key": server.token(first, claims(), { alg: "RS512" }),
    "unknown key id": server.token(first, claims(), { kid: "__proto__" }),
    "id as subject": server.token(first, { ...claims(), sub: undefined, id: "u1" }),
  });
});

test("a rotated key is found, a withdrawn one ends, and unknown key ids do not make us ask more than twice a minute", async () => {
  const { node, server, first, claims, clock } = await startWithKeySet();
  await identify(node, server.token(first, claims()));
  const second = server.addKey("second");
  for (let round = 0; round < 10; round += 1) {
    await expect(identify(node, server.token(second, claims()))).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  }
  expect(server.requests()).toBe(1);
  clock.advance(30_000);
  await identify(node, server.token(second, claims()));
  server.removeKey("first");
  clock.advance(600_000);
  await expect(identify(node, server.token(first, claims()))).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  expect(server.requests()).toBe(3);
});

test("an issuer that does not answer is UNAVAILABLE at first, and believed for an hour by the keys that it gave", async () => {
  const { node, server, first, claims, clock } = await startWithKeySet();
  server.answerWith(503);
  await expect(identify(node, server.token(first, claims()))).rejects.toMatchObject({ code: "UNAVAILABLE" });
  server.answerWith(200);
  clock.advance(30_000);
  await identify(node, server.token(first, claims()));
  server.answerWith(503);
  clock.advance(3_599_000);
  await identify(node, server.token(first, claims()));
  clock.advance(31_000);
  await expect(identify(node, server.token(first, claims()))).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
