import { expect, test } from "vitest";
import type { Viewer } from "../../src/access/viewer.ts";
import { anonymous, auditTrail, PASSWORD, registerUser, startAccess, viewerOf } from "../support/access.ts";

const TAKEN = [{ message: "Username already registered", field: "username", code: "USERNAME_TAKEN" }];

test("a registered user is active, has the role USER and no password hash to show", async () => {
  const { node, database, clock } = await startAccess();
  const { user, userErrors } = await node.users.register(anonymous(), {
    username: " Alice ",
    email: "alice@example.com",
    password: PASSWORD,
  });
  expect({ user, userErrors }).toEqual({
    user: {
      id: expect.stringMatching(/^user_/),
      username: "Alice",
      canonicalName: "alice",
      email: "alice@example.com",
      role: "USER",
      isActive: true,
      secondFactorSince: null,
      passwordMadeAt: null,
      createdAt: clock.now(),
      updatedAt: clock.now(),
    },
    userErrors: [],
  });
  expect((await auditTrail(database)).at(-1)).toEqual({
    action: "USER_REGISTERED",
    outcome: "SUCCEEDED",
    actorType: "ANONYMOUS",
    targetType: "User",
    details: { role: "USER" },
  });
});

test("every spelling of a taken name is taken", async () => {
  const { node } = await startAccess();
  await registerUser(node, "alice");
  for (const username of ["alice", "ALICE", " alice ", "ａｌｉｃｅ"]) {
    expect(await node.users.register(anonymous(), { username, password: PASSWORD })).toEqual({ user: null, userErrors: TAKEN });
  }
});

test("nobody registers a name that looks like another's, or like nothing, for its invisible characters", async () => {
  const { node, database } = await startAccess();
  for (const username of ["admin\ufe0f", "ad\u115fmin", "\u3164"]) {
    const { user, userErrors } = await node.users.register(anonymous(), { username, password: PASSWORD });
    expect([user, userErrors.map(({ code }) => code)]).toEqual([null, ["INVALID_USERNAME"]]);
  }
  expect(await database.client.user.count()).toBe(0);
});

test("of many registrations of one name at once, on two nodes, one wins and the others hear that it is taken", async () => {
  const { node, otherNode, database } = await startAccess();
  const outcomes = await Promise.all(
    [node, otherNode, node, otherNode, node, otherNode].map(({ users }) =>
      users.register(anonymous(), { username: "alice", password: PASSWORD }),
    ),
  );
  expect(outcomes.filter(({ user }) => user !== null)).toHaveLength(1);
  expect(outcomes.filter(({ user }) => user === null).map(({ userErrors }) => userErrors)).toEqual(Array(5).fill(TAKEN));
  expect(await database.client.user.count()).toBe(1);
});

test("everything that is wrong with a registration is said at once", async () => {
  const { node } = await startAccess();
  const { userErrors } = await node.users.register(anonymous(), { username: "a\u0000b", email: "nobody", password: "short" });
  expect(userErrors.map(({ field, code }) => [field, code])).toEqual([
    ["username", "INVALID_USERNAME"],
    ["email", "INVALID_EMAIL"],
    ["password", "PASSWORD_TOO_SHORT"],
  ]);
});

test("an address with a control character, or half of one, is no email address", async () => {
  const { node } = await startAccess();
  for (const email of ["a\u0000b@example.com", "alice@exa\u0007mple.com", "a\ud800@example.com", "a\u0085b@example.com"]) {
    const { user, userErrors } = await node.users.register(anonymous(), {
      username: "alice",
      email,
      password: "long enough words",
    });
    expect([user, userErrors.map(({ code }) => code)]).toEqual([null, ["INVALID_EMAIL"]]);
  }
});

test("closed registration lets administrators alone create accounts", async () => {
  const { node } = await startAccess({ registration: "closed" });
  const input = { username: "bob", password: PASSWORD };
  expect(await node.users.register(anonymous(), input)).toEqual({
    user: null,
    userErrors: [{ message: "Registration is closed.", field: null, code: "FORBIDDEN" }],
  });
  await node.users.ensureFirstAdministrator(PASSWORD);
  const admin = await signIn(node, "admin");
  expect((await node.users.register(admin, input)).user?.username).toBe("bob");
});

test("nodes that start together make one first administrator, and one of them knows its password", async () => {
  const { node, otherNode, database } = await startAccess();
  const made = await Promise.all(
    [node, otherNode, node, otherNode].map(({ users }) => users.ensureFirstAdministrator(undefined)),
  );
  const passwords = made.filter((password) => password !== null);
  expect(passwords).toEqual([expect.stringMatching(/^[A-Za-z0-9_-]{24}$/)]);
  expect(await database.client.user.findMany({ select: { username: true, role: true } })).toEqual([
    { username: "admin", role: "ADMIN" },
  ]);
  expect((await signIn(node, "admin", passwords[0])).role).toBe("ADMIN");
  expect(await node.users.ensureFirstAdministrator(undefined)).toBeNull();
});

test("the operator's password for the first administrator is used and not repeated", async () => {
  const { node } = await startAccess();
  expect(await node.users.ensureFirstAdministrator(PASSWORD)).toBeNull();
  expect((await signIn(node, "ADMIN")).username).toBe("admin");
});

test("a placeholder as the first administrator's password is refused", async () => {
  const { node, database } = await startAccess();
  await expect(node.users.ensureFirstAdministrator("changeme")).rejects.toMatchObject({
    code: "BAD_USER_INPUT",
    field: "ADMIN_PASSWORD",
  });
  expect(await database.client.user.count()).toBe(0);
});

test("administrators page through all users and search them by name", async () => {
  const { node } = await startAccess();
  await node.users.ensureFirstAdministrator(PASSWORD);
  const admin = await signIn(node, "admin");
  for (const name of ["Alice", "Alistair", "Bob"]) await registerUser(node, name);

  const names = async (search: string | null, first: number) => {
    const page = await node.users.list(admin, search, { first });
    return [page.rows.map(({ username }) => username), page.hasNextPage, await page.countAll()];
  };
  expect(await names(null, 10)).toEqual([["admin", "Alice", "Alistair", "Bob"], false, 4]);
  expect(await names(" ALI", 1)).toEqual([["Alice"], true, 2]);
});

test("who is no administrator sees the own account alone", async () => {
  const { node } = await startAccess();
  const alice = await registerUser(node, "alice");
  const bob = await registerUser(node, "bob");
  const viewer = await viewerOf(node, alice.accessToken);
  await expect(node.users.list(viewer, null, {})).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(node.users.list(anonymous(), null, {})).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  expect(await node.users.findVisible(viewer, [alice.user.id, bob.user.id])).toEqual([alice.user]);
  expect(await node.users.findVisible(anonymous(), [alice.user.id])).toEqual([]);
  expect(await node.users.findMe(viewer)).toEqual(alice.user);
  expect(await node.users.findMe(anonymous())).toBeNull();
});

test("an administrator creates an account with a password that is made for it and shown once, even where nobody may register", async () => {
  const { node, database } = await startAccess({ registration: "closed" });
  await node.users.ensureFirstAdministrator(PASSWORD);
  const admin = await signIn(node, "admin");
  const made = await node.users.create(admin, { username: "alice", role: "ADMIN" });
  const taken = await node.users.create(admin, { username: "ALICE", password: PASSWORD });
  const alice = await signIn(node, "alice", made.password ?? "");
  expect({ role: alice.role, taken: [taken.user, taken.password, taken.userErrors] }).toEqual({
    role: "ADMIN",
    taken: [null, null, TAKEN],
  });
  const events = await auditTrail(database);
  expect(events.filter(({ action, actorType }) => action === "USER_REGISTERED" && actorType === "USER")).toHaveLength(1);
  await expect(node.users.create(anonymous(), { username: "bob" })).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
});

async function signIn(
  node: Parameters<typeof viewerOf>[0],
  username: string,
  password = PASSWORD,
): Promise<Viewer & { type: "USER" }> {
  const outcome = await node.sessions.login(anonymous(), { username, password });
  return viewerOf(node, "accessToken" in outcome ? outcome.accessToken : "");
}
