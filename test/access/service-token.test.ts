import { expect, test } from "vitest";
import { digestServiceToken, makeServiceToken, SERVICE_TOKEN_PATTERN } from "../../src/access/service-token.ts";
import type { NewToken } from "../../src/access/service-token-limits.ts";
import type { UserViewer } from "../../src/access/viewer.ts";
import {
  type AccessHarness,
  anonymous,
  auditTrail,
  PASSWORD,
  registerUser,
  startAccess,
  tokensOf,
  viewerOf,
} from "../support/access.ts";

const REFUSED = { code: "UNAUTHENTICATED" };
const REVEAL: NewToken = { name: "tests", permissions: ["credential:reveal"] };

type Node = AccessHarness["node"];

async function startWithAdministrator(environment: Record<string, string> = {}) {
  const harness = await startAccess({ environment });
  await harness.node.users.ensureFirstAdministrator(PASSWORD);
  const { accessToken } = tokensOf(await harness.node.sessions.login(anonymous(), { username: "admin", password: PASSWORD }));
  return { ...harness, admin: await viewerOf(harness.node, accessToken) };
}

async function createToken(node: Node, admin: UserViewer, input: Partial<NewToken> = {}) {
  const made = await node.serviceTokens.create(admin, { ...REVEAL, ...input });
  if (made.serviceToken === null) throw new Error(JSON.stringify(made.userErrors));
  return made;
}

const identify = (node: Node, token: string) => node.authentication.authenticate(`Bearer ${token}`, anonymous().origin);

test("a token has the published shape, and one that differs in any character is none", () => {
  const { token, tokenHash, firstCharacters } = makeServiceToken();
  expect(token).toMatch(/^pst_[0-9A-Za-z]{36}$/);
  expect(`log: ${token}, more`.match(SERVICE_TOKEN_PATTERN)?.[0]).toBe(token);
  expect(firstCharacters).toBe(token.slice(0, 8));
  expect(digestServiceToken(token)).toBe(Buffer.from(tokenHash).toString("hex"));
  for (let index = 0; index < token.length; index += 1) {
    const changed = `${token.slice(0, index)}${token[index] === "x" ? "y" : "x"}${token.slice(index + 1)}`;
    expect(digestServiceToken(changed)).toBeNull();
  }
  for (const text of ["", `${token} `, `${token}0`, token.slice(0, -1), token.toUpperCase()])
    expect(digestServiceToken(text)).toBeNull();
  expect(new Set(Array.from({ length: 1_000 }, () => makeServiceToken().token)).size).toBe(1_000);
});

test("a token is shown once, lives for ninety days when nobody says how long, and stands for what it may do", async () => {
  const { node, database, clock, admin } = await startWithAdministrator();
  const limits = { connectors: ["app-login", "app-login"], projects: ["cigar"], users: ["Bob Pauley "] };
  const { serviceToken, token } = await createToken(node, admin, limits);
  const shown = {
    id: expect.stringMatching(/^token_/),
    name: "tests",
    firstCharacters: token.slice(0, 8),
    permissions: ["credential:reveal"],
    connectors: ["app-login"],
    projects: ["cigar"],
    users: ["bob pauley"],
    createdAt: clock.now(),
    expiresAt: new Date(clock.now().getTime() + 90 * 24 * 3_600_000),
    lastUsedAt: null,
    revokedAt: null,
  };
  expect(serviceToken).toEqual(shown);
  expect((await node.serviceTokens.list(admin, {})).rows).toEqual([shown]);
  expect(await node.serviceTokens.findById(admin, serviceToken.id)).toEqual(shown);
  expect(await identify(node, token)).toEqual({
    type: "SERVICE",
    id: serviceToken.id,
    permissions: new Set(["credential:reveal"]),
    limits: { connectors: ["app-login"], projects: ["cigar"], usernames: ["bob pauley"] },
    origin: anonymous().origin,
  });
  const [row] = await database.client.serviceToken.findMany();
  expect(
    JSON.stringify(row, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value)),
  ).not.toContain(token.slice(8));
  expect((await auditTrail(database)).at(-1)).toEqual({
    action: "SERVICE_TOKEN_CREATED",
    outcome: "SUCCEEDED",
    actorType: "USER",
    targetType: "ServiceToken",
    details: { name: "tests", permissions: "credential:reveal", expiresAt: shown.expiresAt.toISOString() },
  });
});

test("only what is in the list can be granted, and everything that is wrong is said at once", async () => {
  const { node, admin, clock } = await startWithAdministrator();
  const forbidden = ["service-token:write", "audit:read", "account:write", "user:write", "credential:write", "nonsense"];
  for (const permission of forbidden) {
    const { userErrors } = await node.serviceTokens.create(admin, { name: "x", permissions: ["credential:read", permission] });
    expect(userErrors.map(({ field, code }) => [field, code])).toEqual([["permissions", "INVALID_PERMISSION"]]);
  }
  const { token, userErrors } = await node.serviceTokens.create(admin, {
    name: " ",
    permissions: [],
    connectors: ["odoo", "nonsense"],
    projects: ["x".repeat(101)],
    users: ["a\u0000b"],
    expiresAt: clock.now(),
  });
  expect([token, userErrors.map(({ field }) => field)]).toEqual([
    null,
    ["name", "permissions", "connectors", "projects", "users", "expiresAt"],
  ]);
  expect((await node.serviceTokens.list(admin, {})).rows).toEqual([]);
});

test("the operator says how long tokens live when nobody does, and how long at most", async () => {
  const { node, admin, clock } = await startWithAdministrator({ SERVICE_TOKEN_DAYS: "7", SERVICE_TOKEN_MAX_DAYS: "30" });
  const inDays = (days: number) => new Date(clock.now().getTime() + days * 24 * 3_600_000);
  expect((await createToken(node, admin)).serviceToken.expiresAt).toEqual(inDays(7));
  expect((await createToken(node, admin, { expiresAt: inDays(30) })).serviceToken.expiresAt).toEqual(inDays(30));
  const { token, userErrors } = await node.serviceTokens.create(admin, { ...REVEAL, expiresAt: inDays(30.1) });
  const refusal = { field: "expiresAt", code: "LIVES_TOO_LONG", message: "A token may live for 30 days at most." };
  expect([token, userErrors]).toEqual([null, [refusal]]);
});

test("only an administrator makes, sees and ends tokens; a token itself never does", async () => {
  const { node, admin } = await startWithAdministrator();
  const { serviceToken, token } = await createToken(node, admin);
  const alice = await viewerOf(node, (await registerUser(node)).accessToken);
  for (const viewer of [alice, await identify(node, token)]) {
    await expect(node.serviceTokens.create(viewer, REVEAL)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(node.serviceTokens.list(viewer, {})).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(node.serviceTokens.revoke(viewer, serviceToken.id)).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await node.serviceTokens.findById(viewer, serviceToken.id)).toBeNull();
  }
  await expect(node.serviceTokens.list(anonymous(), {})).rejects.toMatchObject(REFUSED);
  await expect(
    node.serviceTokens.revoke(
      admin,
      serviceToken.id.replace(/.$/, (last) => (last === "0" ? "1" : "0")),
    ),
  ).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a revoked token is refused here at once and on other nodes within five seconds, and stays revoked", async () => {
  const { node, otherNode, clock, admin } = await startWithAdministrator();
  const { serviceToken, token } = await createToken(node, admin);
  for (const each of [node, otherNode]) await identify(each, token);
  const { revokedAt } = await node.serviceTokens.revoke(admin, serviceToken.id);
  expect(revokedAt).toEqual(clock.now());
  await expect(identify(node, token)).rejects.toMatchObject(REFUSED);
  clock.advance(5_000);
  await expect(identify(otherNode, token)).rejects.toMatchObject(REFUSED);
  expect((await node.serviceTokens.revoke(admin, serviceToken.id)).revokedAt).toEqual(revokedAt);
});

test("a token ends with its time, though it was used a moment before", async () => {
  const { node, clock, admin } = await startWithAdministrator();
  const { token } = await createToken(node, admin, { expiresAt: new Date(clock.now().getTime() + 1_000) });
  clock.advance(999);
  await identify(node, token);
  clock.advance(1);
  await expect(identify(node, token)).rejects.toMatchObject(REFUSED);
});

test("a wrong checksum is refused without a look at the store", async () => {
  const { node, database } = await startWithAdministrator();
  await database.client.$executeRaw`ALTER TABLE "ServiceToken" RENAME TO "Gone"`;
  const { token } = makeServiceToken();
  const wrong = `${token.slice(0, -1)}${token.endsWith("0") ? "1" : "0"}`;
  await expect(identify(node, wrong)).rejects.toMatchObject(REFUSED);
  await expect(identify(node, token)).rejects.not.toMatchObject(REFUSED);
});

test("a thousand calls in ten minutes write the last use a dozen times, and the last one is not lost", async () => {
  const { node, database, clock, admin } = await startWithAdministrator();
  const { token, serviceToken } = await createToken(node, admin);
  const written = new Set<number | undefined>();
  const readUse = async () => {
    const row = await database.client.serviceToken.findUniqueOrThrow({ where: { id: serviceToken.id } });
    return row.lastUsedAt?.getTime();
  };
  for (let call = 0; call < 1_000; call += 1) {
    await identify(node, token);
    clock.advance(600);
    if (call % 10 !== 9) continue;
    await node.sweep();
    written.add(await readUse());
  }
  expect(written.size).toBeGreaterThan(5);
  expect(written.size).toBeLessThanOrEqual(12);
  await identify(node, token);
  await node.stop();
  expect(await readUse()).toBe(clock.now().getTime());
});

test("the environment's token reveals application logins and may do nothing else", async () => {
  const HMS_API_TOKEN = "sixteen.chars.or/more";
  const { node } = await startWithAdministrator({ HMS_API_TOKEN });
  expect(await identify(node, HMS_API_TOKEN)).toEqual({
    type: "SERVICE",
    id: "environment",
    permissions: new Set(["credential:reveal"]),
    limits: { connectors: ["app-login"], projects: [], usernames: [] },
    origin: anonymous().origin,
  });
  for (const wrong of [HMS_API_TOKEN.slice(1), `${HMS_API_TOKEN}x`, HMS_API_TOKEN.toUpperCase()]) {
    await expect(identify(node, wrong)).rejects.toMatchObject(REFUSED);
  }
});
