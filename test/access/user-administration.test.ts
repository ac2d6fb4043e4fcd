import { expect, test } from "vitest";
import type { Access } from "../../src/access/access.ts";
import { anonymous, auditTrail, PASSWORD, registerUser, startAccess, tokensOf, viewerOf } from "../support/access.ts";
import { hmacToken } from "../support/stolen-signer.ts";

const NEW_PASSWORD = "nine lanterns on a pier";
const REFUSED = { code: "UNAUTHENTICATED" };
const LAST_ADMINISTRATOR = {
  user: null,
  userErrors: [{ message: "This is the last active administrator.", field: "id", code: "LAST_ADMINISTRATOR" }],
};

const signIn = async (node: Access, username: string, password = PASSWORD) =>
  tokensOf(await node.sessions.login(anonymous(), { username, password }));

async function startWithAlice(environment: Record<string, string> = {}) {
  const harness = await startAccess({ environment });
  const { node } = harness;
  await node.users.ensureFirstAdministrator(PASSWORD);
  const admin = await viewerOf(node, (await signIn(node, "admin")).accessToken);
  const alice = await registerUser(node, "alice");
  return { ...harness, admin, alice };
}

test("a disabled user is out here at once and elsewhere within five seconds, for good; once enabled they sign in anew", async () => {
  const { node, otherNode, clock, admin, alice } = await startWithAlice();
  for (const each of [node, otherNode]) await viewerOf(each, alice.accessToken);
  expect((await node.administration.setActive(admin, alice.user.id, false)).user?.isActive).toBe(false);
  await expect(viewerOf(node, alice.accessToken)).rejects.toMatchObject(REFUSED);
  clock.advance(5_000);
  await expect(viewerOf(otherNode, alice.accessToken)).rejects.toMatchObject(REFUSED);
  expect("accessToken" in (await node.sessions.login(anonymous(), { username: "alice", password: PASSWORD }))).toBe(false);

  expect((await node.administration.setActive(admin, alice.user.id, true)).user?.isActive).toBe(true);
  await expect(viewerOf(node, alice.accessToken)).rejects.toMatchObject(REFUSED);
  expect("accessToken" in (await node.sessions.refresh(anonymous(), alice.refreshToken))).toBe(false);
  await viewerOf(node, (await signIn(node, "alice")).accessToken);
});

test("a disabled user of a trusted issuer is out at once too", async () => {
  const secret = "the chat front end's shared secret";
  const { node, clock, admin } = await startWithAlice({ TRUSTED_ISSUERS: JSON.stringify([{ name: "chat", secret }]) });
  const claims = { id: "u1", exp: Math.floor(clock.now().getTime() / 1_000) + 60 };
  const token = hmacToken({ header: { typ: "JWT" }, claims }, "HS256", secret);
  const { id } = await viewerOf(node, token);
  await node.administration.setActive(admin, id, false);
  await expect(viewerOf(node, token)).rejects.toMatchObject(REFUSED);
});

test("a changed role counts at once, and the session stays", async () => {
  const { node, admin, alice } = await startWithAlice();
  const canRead = async () => (await viewerOf(node, alice.accessToken)).permissions.has("user:read");
  for (const role of ["ADMIN", "USER"] as const) {
    expect((await node.administration.changeRole(admin, alice.user.id, role)).user?.role).toBe(role);
    expect(await canRead()).toBe(role === "ADMIN");
  }
});

test("a reset password is shown once when it was made, opens the account, and ends its sessions", async () => {
  const { node, admin, alice } = await startWithAlice();
  const made = await node.administration.resetPassword(admin, alice.user.id, null);
  expect(made).toMatchObject({ user: { username: "alice" }, password: expect.stringMatching(/^[\w-]{24}$/), userErrors: [] });
  await expect(viewerOf(node, alice.accessToken)).rejects.toMatchObject(REFUSED);
  await signIn(node, "alice", made.password ?? "");

  expect((await node.administration.resetPassword(admin, alice.user.id, NEW_PASSWORD)).password).toBeNull();
  await signIn(node, "alice", NEW_PASSWORD);
  expect(await node.administration.resetPassword(admin, alice.user.id, "password")).toMatchObject({
    user: null,
    password: null,
    userErrors: [{ field: "password", code: "PASSWORD_TOO_COMMON" }],
  });
});

test("an administrator ends all sessions of a user, and every act leaves its event without a secret in it", async () => {
  const { node, database, admin, alice } = await startWithAlice();
  await signIn(node, "alice");
  await database.client.auditEvent.deleteMany();
  expect(await node.administration.endSessions(admin, alice.user.id)).toBe(2);
  await expect(viewerOf(node, alice.accessToken)).rejects.toMatchObject(REFUSED);
  await node.administration.setActive(admin, alice.user.id, false);
  await node.administration.setActive(admin, alice.user.id, true);
  await node.administration.changeRole(admin, alice.user.id, "ADMIN");
  await node.administration.resetPassword(admin, alice.user.id, NEW_PASSWORD);
  const common = { outcome: "SUCCEEDED", actorType: "USER", targetType: "User" };
  expect(await auditTrail(database)).toEqual([
    { ...common, action: "SESSIONS_ENDED", details: { count: 2 } },
    { ...common, action: "USER_DISABLED", details: {} },
    { ...common, action: "USER_ENABLED", details: {} },
    { ...common, action: "USER_ROLE_CHANGED", details: { role: "ADMIN" } },
    { ...common, action: "PASSWORD_RESET", details: {} },
  ]);
});

test("the last active administrator is neither disabled nor demoted, by anyone, themselves included", async () => {
  const { node, admin, alice } = await startWithAlice();
  expect(await node.administration.setActive(admin, admin.id, false)).toEqual(LAST_ADMINISTRATOR);
  expect(await node.administration.changeRole(admin, admin.id, "USER")).toEqual(LAST_ADMINISTRATOR);
  await node.administration.changeRole(admin, alice.user.id, "ADMIN");
  await node.administration.setActive(admin, alice.user.id, false);
  expect(await node.administration.changeRole(admin, admin.id, "USER")).toEqual(LAST_ADMINISTRATOR);
  await node.administration.setActive(admin, alice.user.id, true);
  expect((await node.administration.changeRole(admin, admin.id, "USER")).user?.role).toBe("USER");
});

test("of administrators who remove each other at once, on two nodes, one stays", async () => {
  const { node, otherNode, database, admin, alice } = await startWithAlice();
  for (let round = 0; round < 5; round += 1) {
    await database.client.user.updateMany({ data: { role: "ADMIN", isActive: true } });
    const outcomes = await Promise.all([
      node.administration.changeRole(admin, alice.user.id, "USER"),
      otherNode.administration.setActive(admin, admin.id, false),
    ]);
    expect(outcomes.filter(({ user }) => user === null)).toEqual([LAST_ADMINISTRATOR]);
    expect(await database.client.user.count({ where: { role: "ADMIN", isActive: true } })).toBe(1);
  }
});

test("an administrator who cannot sign in with a password does not count as one that stays", async () => {
  const { node, database, admin, alice } = await startWithAlice();
  await database.client.user.update({ where: { id: alice.user.id }, data: { role: "ADMIN", passwordHash: null } });
  expect(await node.administration.changeRole(admin, admin.id, "USER")).toEqual(LAST_ADMINISTRATOR);
});

test("who is no administrator changes nobody, and a user who is not there is NOT_FOUND", async () => {
  const { node, admin, alice } = await startWithAlice();
  const viewer = await viewerOf(node, alice.accessToken);
  const acts = [
    (id: string, by: typeof viewer) => node.administration.setActive(by, id, false),
    (id: string, by: typeof viewer) => node.administration.changeRole(by, id, "ADMIN"),
    (id: string, by: typeof viewer) => node.administration.resetPassword(by, id, NEW_PASSWORD),
    (id: string, by: typeof viewer) => node.administration.endSessions(by, id),
  ];
  for (const act of acts) {
    await expect(act(viewer.id, viewer)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(act("user_nobody", admin)).rejects.toMatchObject({ code: "NOT_FOUND" });
  }
});

test("the search for users takes wildcards as the characters that they are", async () => {
  const { node, admin } = await startWithAlice();
  for (const name of ["50%", "a_b", "back\\slash", "axb"]) await registerUser(node, name);
  const names = async (search: string) => {
    const { rows, countAll } = await node.users.list(admin, search, {});
    expect(await countAll()).toBe(rows.length);
    return rows.map(({ username }) => username);
  };
  expect(await names("%")).toEqual(["50%"]);
  expect(await names("_")).toEqual(["a_b"]);
  expect(await names("A_B")).toEqual(["a_b"]);
  expect(await names("\\")).toEqual(["back\\slash"]);
});

test("a deleted user is gone everywhere with all that is theirs, and stays on record", async () => {
  const { node, otherNode, database, clock, admin, alice } = await startWithAlice();
  const { user, accessToken, refreshToken } = alice;
  await viewerOf(otherNode, accessToken);
  const slip = await node.administration.deleteUser(admin, user.id, "alic");
  expect(slip).toEqual({
    deletedId: null,
    userErrors: [expect.objectContaining({ code: "USERNAME_MISMATCH", field: "username" })],
  });
  await expect(node.administration.deleteUser(admin, "user_01h2xcejqtf2nbrexx3vqjhp41", "x")).rejects.toMatchObject({
    code: "NOT_FOUND",
  });

  expect(await node.administration.deleteUser(admin, user.id, " ALICE")).toEqual({ deletedId: user.id, userErrors: [] });
  await expect(viewerOf(node, accessToken)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  clock.advance(5_000);
  await expect(viewerOf(otherNode, accessToken)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  expect("accessToken" in (await node.sessions.refresh(anonymous(), refreshToken))).toBe(false);
  expect(await database.client.session.count({ where: { userId: user.id } })).toBe(0);
  expect((await auditTrail(database)).at(-1)).toMatchObject({ action: "USER_DELETED", outcome: "SUCCEEDED", targetType: "User" });
});

test("of two administrators who delete each other at once, one stays", async () => {
  const { node, otherNode, database, admin, alice } = await startWithAlice();
  const { user, accessToken } = alice;
  await node.administration.changeRole(admin, user.id, "ADMIN");
  const second = await viewerOf(node, accessToken);
  const outcomes = await Promise.all([
    node.administration.deleteUser(admin, user.id, "alice"),
    otherNode.administration.deleteUser(second, admin.id, admin.username),
  ]);
  expect(
    outcomes.map(({ userErrors }) => userErrors.map(({ code }) => code)).filter(([code]) => code === "LAST_ADMINISTRATOR"),
  ).toHaveLength(1);
  expect(await database.client.user.count({ where: { role: "ADMIN" } })).toBe(1);
});

test("an administrator whose password is older than five minutes deletes nobody", async () => {
  const { node, clock, admin, alice } = await startWithAlice();
  clock.advance(300_000);
  await expect(node.administration.deleteUser(admin, alice.user.id, "alice")).rejects.toMatchObject({
    code: "REAUTHENTICATION_REQUIRED",
  });
});
