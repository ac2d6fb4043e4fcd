import { expect, onTestFinished, test, vi } from "vitest";
import { ROLE_PERMISSIONS } from "../../src/access/permission.ts";
import type { UserViewer } from "../../src/access/viewer.ts";
import { anonymousViewer, systemViewer } from "../../src/access/viewer.ts";
import { createAuditLog } from "../../src/audit/audit-log.ts";
import { createAppLoginConnector } from "../../src/connectors/app-login/app-login.connector.ts";
import { createLoginApiConnector } from "../../src/connectors/login-api/login-api.connector.ts";
import { AccessTokenService } from "../../src/credentials/access-token.service.ts";
import { createCredentials } from "../../src/credentials/credentials.ts";
import { MeantCredentials } from "../../src/credentials/meant-credentials.ts";
import { createUpstreamLogin } from "../../src/credentials/upstream-login.ts";
import { createLeases } from "../../src/database/leases.ts";
import { createNotifications } from "../../src/database/notifications.ts";
import { makeId, systemClock } from "../../src/identifiers.ts";
import { createEnvelope } from "../../src/keys/envelope.ts";
import { AccessTokenBroker } from "../../src/upstream/access-token-broker.ts";
import { parseAllowList } from "../../src/upstream/allow-list.ts";
import { createHttpClient } from "../../src/upstream/guarded-http-client.ts";
import { TEST_AUDIT_SECRET } from "../support/audit.ts";
import { openTestDatabase } from "../support/database.ts";
import { createTestRing } from "../support/key-ring.ts";
import { startMisbehavingServer } from "../support/misbehaving-server.ts";
import { openTestCounters } from "../support/rate-counters.ts";

const LOGIN_API = { credential: { connector: "login-api" } };

/** A gateway's rooms up to the service, over an upstream that grants `token of <e-mail>`, and a user without credentials. */
async function openRooms({ fallbackPolicy = "allow" as "allow" | "deny" } = {}) {
  const database = await openTestDatabase();
  const clock = systemClock;
  const audit = createAuditLog({ database, secret: TEST_AUDIT_SECRET, makeId, clock });
  const upstream = await startMisbehavingServer(({ body }) => {
    const { email } = JSON.parse(body) as { email: string };
    return { body: JSON.stringify({ statusCode: 200, accessToken: `token-of-${email}` }) };
  });
  const http = createHttpClient({ allowList: parseAllowList(["127.0.0.1"]) });
  const all = [createLoginApiConnector({ http, loginUrl: upstream.origin, tokenTtlSeconds: 480 }), createAppLoginConnector()];
  const connectors = { all, find: (id: string) => all.find((connector) => connector.id === id) ?? null };
  const envelope = createEnvelope(createTestRing());
  const config = {
    FALLBACK_POLICY: fallbackPolicy,
    CONNECTION_TESTS_PER_MINUTE: 0,
    CONNECTION_TEST_FLOOR_MS: 0,
    CONNECTION_TEST_DAYS: 90,
  };
  const room = createCredentials({
    database,
    envelope,
    connectors,
    audit,
    makeId,
    clock,
    limiter: openTestCounters(database, clock),
    config,
    findUsers: async () => [],
    findUserIdByName: async () => null,
    onChanged: async () => meant.forgetAll(),
  });
  const notifications = createNotifications({ database, url: undefined });
  const leases = createLeases({ database, holder: "test" });
  const login = createUpstreamLogin(room.credentials);
  const broker = new AccessTokenBroker({ database, leases, notifications, envelope, clock, login, nodeId: "test" });
  onTestFinished(() => broker.close());
  const id = makeId("user");
  const now = clock.now();
  await database.client.user.create({ data: { id, username: "john", canonicalName: "john", createdAt: now, updatedAt: now } });
  const origin = { ip: null, userAgent: null, correlationId: "test" };
  const viewer: UserViewer = {
    type: "USER",
    id,
    username: "john",
    role: "USER",
    sessionId: "s",
    permissions: ROLE_PERMISSIONS.USER,
    origin,
  };
  const fieldsOf = (email: string) =>
    ["email", "password"].map((name) => ({ name, value: name === "email" ? email : "correct horse" }));
  const save = (email: string) => room.saving.save(viewer, { connector: "login-api", fields: fieldsOf(email), test: false });
  const saveDefault = (email: string) =>
    room.saving.saveSystemDefault(systemViewer("test"), {
      connector: "login-api",
      label: "default",
      fields: fieldsOf(email),
      test: false,
    });
  const meant = new MeantCredentials({ ...room, clock });
  const service = new AccessTokenService({ credentials: room.credentials, broker, audit, meant });
  const issuedEvents = async () => {
    const rows = await database.client.auditEvent.findMany({ where: { action: "ACCESS_TOKEN_ISSUED" }, orderBy: { id: "asc" } });
    return rows.map(({ outcome, actorId, details }) => [outcome, actorId, JSON.parse(details) as Record<string, unknown>]);
  };
  return { database, upstream, viewer, origin, save, saveDefault, service, issuedEvents, ...room };
}

test("a user's own credential gives its token, cached the second time, and both are recorded", async () => {
  const { viewer, save, saveDefault, service, issuedEvents, database } = await openRooms();
  await saveDefault("default@example.com");
  await save("john@example.com");
  const first = await service.issue(viewer, LOGIN_API);
  const own = { accessToken: "token-of-john@example.com", expiresAt: expect.any(Date), source: "USER", userErrors: [] };
  expect(first).toEqual({ ...own, isCached: false });
  expect(await service.issue(viewer, LOGIN_API)).toEqual({ ...own, expiresAt: first.expiresAt, isCached: true });
  const details = { connector: "login-api", version: 1, source: "USER" };
  expect(await issuedEvents()).toEqual([
    ["SUCCEEDED", viewer.id, { ...details, isCached: false }],
    ["SUCCEEDED", viewer.id, { ...details, isCached: true }],
  ]);
  expect(await database.client.credential.findFirst({ where: { ownerId: viewer.id } })).toMatchObject({ status: "VALID" });
});

test("a user without a credential gets the default's token, and answer and record say so", async () => {
  const { viewer, saveDefault, service, issuedEvents } = await openRooms();
  await saveDefault("default@example.com");
  expect(await service.issue(viewer, LOGIN_API)).toMatchObject({ accessToken: "token-of-default@example.com", source: "SYSTEM" });
  expect(await issuedEvents()).toEqual([
    ["SUCCEEDED", viewer.id, { connector: "login-api", version: 1, source: "SYSTEM", isCached: false }],
  ]);
});

test("where the policy denies it there is no default, and nothing is contacted", async () => {
  const { viewer, saveDefault, service, upstream } = await openRooms({ fallbackPolicy: "deny" });
  await saveDefault("default@example.com");
  await expect(service.issue(viewer, LOGIN_API)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(upstream.requests).toEqual([]);
});

test("what the upstream decides is told as an error of the person, recorded, and noted at the credential", async () => {
  const { viewer, save, service, upstream, issuedEvents, database } = await openRooms();
  await save("john@example.com");
  upstream.behave(() => ({ status: 401 }));
  const refused = {
    accessToken: null,
    expiresAt: null,
    isCached: null,
    source: "USER",
    userErrors: [
      { code: "CREDENTIAL_REJECTED", field: null, message: expect.stringMatching(/rejects .* for (60|59) s or until/) },
    ],
  };
  expect(await service.issue(viewer, LOGIN_API)).toEqual(refused);
  expect(await service.issue(viewer, { ...LOGIN_API, forceRefresh: true })).toEqual(refused);
  expect(upstream.requests).toHaveLength(1);
  const failed = ["FAILED", viewer.id, { connector: "login-api", version: 1, source: "USER", code: "CREDENTIAL_REJECTED" }];
  expect(await issuedEvents()).toEqual([failed, failed]);
  expect(await database.client.credential.findFirst({ where: { ownerId: viewer.id } })).toMatchObject({ status: "INVALID" });
});

test("a password that was saved anew is tried at once", async () => {
  const { viewer, save, service, upstream } = await openRooms();
  await save("john@example.com");
  upstream.behave(() => ({ status: 401 }));
  await service.issue(viewer, LOGIN_API);
  upstream.behave(() => ({ body: JSON.stringify({ statusCode: 200, accessToken: "token-2" }) }));
  await save("john@example.com");
  expect(await service.issue(viewer, LOGIN_API)).toMatchObject({ accessToken: "token-2", userErrors: [] });
});

test("a connector without tokens is the caller's mistake", async () => {
  const { viewer, saving, service } = await openRooms();
  const fields = [
    { name: "email", value: "a@example.com" },
    { name: "password", value: "secret" },
  ];
  await saving.save(viewer, { connector: "app-login", fields });
  await expect(service.issue(viewer, { credential: { connector: "app-login" } })).rejects.toMatchObject({
    code: "BAD_USER_INPUT",
    field: "credential",
  });
});

test("a caller without the permission is refused before anything is looked up", async () => {
  const { viewer, origin, service } = await openRooms();
  await expect(service.issue(anonymousViewer(origin), LOGIN_API)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  await expect(service.issue({ ...viewer, permissions: new Set() }, LOGIN_API)).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("no token leaves while the record cannot be stored", async () => {
  const { viewer, save, service, database } = await openRooms();
  await save("john@example.com");
  await service.issue(viewer, LOGIN_API);
  await database.client.$executeRaw`ALTER TABLE "AuditEvent" RENAME TO "AuditEventAway"`;
  await expect(service.issue(viewer, LOGIN_API)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await database.client.$executeRaw`ALTER TABLE "AuditEventAway" RENAME TO "AuditEvent"`;
  await vi.waitFor(async () => expect((await service.issue(viewer, LOGIN_API)).isCached).toBe(true));
});
