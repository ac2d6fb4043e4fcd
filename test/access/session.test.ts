import { setTimeout as sleep } from "node:timers/promises";
import { hash as bcrypt } from "@node-rs/bcrypt";
import { expect, test } from "vitest";
import { SessionRepository } from "../../src/access/session.repository.ts";
import { UserRepository } from "../../src/access/user.repository.ts";
import { systemViewer } from "../../src/access/viewer.ts";
import { anonymous, auditTrail, PASSWORD, registerUser, startAccess, tokensOf, viewerOf } from "../support/access.ts";

const INVALID_LOGIN = { userErrors: [{ message: "Incorrect username or password", field: null, code: "INVALID_LOGIN" }] };

test("who registers is signed in, and signs in again by any spelling of the name", async () => {
  const { node, clock } = await startAccess();
  const registered = await registerUser(node, "Alice");
  const again = tokensOf(await node.sessions.login(anonymous(), { username: " ALICE ", password: PASSWORD }));
  for (const tokens of [registered, again]) {
    expect(tokens).toEqual({
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      refreshToken: expect.stringMatching(/^psr_[\w-]{43}$/),
      tokenType: "Bearer",
      expiresAt: new Date(Math.floor(clock.now().getTime() / 1_000) * 1_000 + 900_000),
      user: registered.user,
      sessionExpiresAt: new Date(clock.now().getTime() + 30 * 24 * 3_600_000),
      requiredStep: null,
      userErrors: [],
    });
    expect((await viewerOf(node, tokens.accessToken)).id).toBe(registered.user.id);
  }
  expect(again.refreshToken).not.toBe(registered.refreshToken);
});

test("unknown, wrong and disabled get one answer; the audit tells them apart and keeps nothing that was typed", async () => {
  const { node, database } = await startAccess();
  await registerUser(node, "alice");
  const { user } = await registerUser(node, "mallory");
  await database.client.user.update({ where: { id: user.id }, data: { isActive: false } });
  await database.client.auditEvent.deleteMany();

  const attempts = [
    { username: "my secret typed here", password: "x".repeat(8) },
    { username: "\u0000", password: PASSWORD },
    { username: "alice", password: `${PASSWORD} ` },
    { username: "alice", password: "x".repeat(2_000) },
    { username: "mallory", password: PASSWORD },
  ];
  for (const attempt of attempts) expect(await node.sessions.login(anonymous(), attempt)).toEqual(INVALID_LOGIN);

  const failed = { action: "USER_SIGNED_IN", outcome: "FAILED", actorType: "ANONYMOUS" };
  expect(await auditTrail(database)).toEqual([
    { ...failed, targetType: null, details: { reason: "UNKNOWN_USER" } },
    { ...failed, targetType: null, details: { reason: "UNKNOWN_USER" } },
    { ...failed, targetType: "User", details: { reason: "WRONG_PASSWORD" } },
    { ...failed, targetType: "User", details: { reason: "WRONG_PASSWORD" } },
    { ...failed, targetType: "User", details: { reason: "USER_DISABLED" } },
  ]);
  expect(JSON.stringify(await database.client.auditEvent.findMany())).not.toContain("secret typed");
});

test("registration, sign-in, refresh and sign-out each leave their event", async () => {
  const { node, database } = await startAccess();
  await database.client.auditEvent.deleteMany();
  const { refreshToken } = await registerUser(node);
  const { accessToken } = tokensOf(await node.sessions.refresh(anonymous(), refreshToken));
  await node.sessions.logout(await viewerOf(node, accessToken));

  const succeeded = { outcome: "SUCCEEDED", details: {} };
  expect(await auditTrail(database)).toEqual([
    { ...succeeded, action: "USER_REGISTERED", actorType: "ANONYMOUS", targetType: "User", details: { role: "USER" } },
    { ...succeeded, action: "USER_SIGNED_IN", actorType: "USER", targetType: "Session" },
    { ...succeeded, action: "SESSION_REFRESHED", actorType: "USER", targetType: "Session" },
    { ...succeeded, action: "USER_SIGNED_OUT", actorType: "USER", targetType: "Session" },
  ]);
});

test("an imported bcrypt hash works once and is Argon2id from then on", async () => {
  const { node, database } = await startAccess();
  const { user } = await registerUser(node);
  const passwordHash = await bcrypt("old-password", 4);
  await database.client.user.update({ where: { id: user.id }, data: { passwordHash } });

  for (let round = 0; round < 2; round += 1) {
    tokensOf(await node.sessions.login(anonymous(), { username: "alice", password: "old-password" }));
    const stored = await database.client.user.findUniqueOrThrow({ where: { id: user.id } });
    expect(stored.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  }
});

test("a sign-in under way while its user gets another password, is disabled or is deleted comes to nothing", async () => {
  const { node, database, clock } = await startAccess();
  const admin = systemViewer("test");
  const passwordHash = await bcrypt("old-password", 12); // takes longer than what is done meanwhile
  const changes: Record<string, (id: string) => Promise<unknown>> = {
    reset: (id) => node.administration.resetPassword(admin, id, "quite another password"),
    disabled: async (id) => {
      await node.administration.setActive(admin, id, false);
      await node.administration.setActive(admin, id, true);
    },
    deleted: (id) => node.administration.deleteUser(admin, id, "deleted"),
  };
  for (const [username, change] of Object.entries(changes)) {
    const { user } = await registerUser(node, username);
    await database.client.user.update({ where: { id: user.id }, data: { passwordHash } });
    const signingIn = node.sessions.login(anonymous(), { username, password: "old-password" });
    await sleep(50);
    clock.advance(1_000);
    await change(user.id);
    expect(await signingIn, username).toEqual(INVALID_LOGIN);
    expect(await database.client.session.count({ where: { userId: user.id, endedAt: null } }), username).toBe(0);
  }
});

test("a user without a password cannot sign in with one", async () => {
  const { node, database } = await startAccess();
  const { user } = await registerUser(node);
  await database.client.user.update({ where: { id: user.id }, data: { passwordHash: null } });
  expect(await node.sessions.login(anonymous(), { username: "alice", password: PASSWORD })).toEqual(INVALID_LOGIN);
});

test("logout ends the session at once here, within five seconds elsewhere, and leaves the user's other sessions", async () => {
  const { node, otherNode, clock } = await startAccess();
  const ended = await registerUser(node);
  const kept = tokensOf(await node.sessions.login(anonymous(), { username: "alice", password: PASSWORD }));
  await viewerOf(otherNode, ended.accessToken); // the other node now believes in the session for a moment
  expect(await node.sessions.logout(await viewerOf(node, ended.accessToken))).toBe(true);

  await expect(viewerOf(node, ended.accessToken)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  clock.advance(5_000);
  await expect(viewerOf(otherNode, ended.accessToken)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  expect("accessToken" in (await node.sessions.refresh(anonymous(), ended.refreshToken))).toBe(false);
  expect((await viewerOf(otherNode, kept.accessToken)).username).toBe("alice");
});

test("who is not signed in cannot sign out", async () => {
  const { node } = await startAccess();
  await expect(node.sessions.logout(anonymous())).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
});

test("no password, refresh token or access token is in the store", async () => {
  const { node, database } = await startAccess();
  const { accessToken, refreshToken } = await registerUser(node);
  const next = tokensOf(await node.sessions.refresh(anonymous(), refreshToken));
  const { user, session, refreshToken: tokens, auditEvent, signingKey } = database.client;
  const rows = await Promise.all([
    user.findMany(),
    session.findMany(),
    tokens.findMany(),
    auditEvent.findMany(),
    signingKey.findMany(),
  ]);
  const stored = Buffer.concat(
    rows
      .flat()
      .flatMap((row) =>
        Object.values(row).map((value) => (value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value)))),
      ),
  );
  for (const secret of [PASSWORD, accessToken, refreshToken, next.accessToken, next.refreshToken]) {
    expect([stored.includes(secret), stored.includes(Buffer.from(secret).toString("base64url").slice(0, -4))]).toEqual([
      false,
      false,
    ]);
  }
});

test("the prepared reads of a session and of who signs in give what the query builder gives", async () => {
  const { node, database } = await startAccess();
  const { accessToken } = await registerUser(node, "Alice");
  const { sessionId } = await viewerOf(node, accessToken);
  const id = sessionId ?? "";
  const sessions = new SessionRepository(database);
  const include = { user: { omit: { passwordHash: true } } } as const;
  const built = () => database.client.session.findUnique({ where: { id }, include });
  expect(await sessions.findById(id)).toEqual(await built());

  const ended = { confirmedAt: new Date(1), endedAt: new Date(2), endReason: "LOGOUT", ip: "::1", userAgent: "ü" };
  await database.client.session.update({ where: { id }, data: ended });
  await database.client.user.updateMany({ data: { isActive: false, email: "a@example.test", secondFactorSince: new Date(3) } });
  const found = await sessions.findById(id);
  expect(found).toEqual(await built());
  expect(found).toMatchObject({ ...ended, user: { username: "Alice", isActive: false } });
  expect(await sessions.findById("session_none")).toBeNull();

  const users = new UserRepository(database);
  const where = { canonicalName: "alice" };
  expect(await users.findForLogin("alice")).toEqual(await database.client.user.findUnique({ where }));
  await database.client.user.update({ where, data: { isActive: true, passwordHash: null, passwordMadeAt: new Date(4) } });
  expect(await users.findForLogin("alice")).toEqual(await database.client.user.findUnique({ where }));
  expect(await users.findForLogin("nobody")).toBeNull();
});
