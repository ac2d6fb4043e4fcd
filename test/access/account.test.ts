import { expect, test } from "vitest";
import { requirePermission, systemViewer } from "../../src/access/viewer.ts";
import { makeId } from "../../src/identifiers.ts";
import { anonymous, auditTrail, PASSWORD, registerUser, startAccess, tokensOf, viewerOf } from "../support/access.ts";

const NEW_PASSWORD = "nine lanterns on a pier";

async function startWithTwoSessions() {
  const harness = await startAccess();
  const first = await registerUser(harness.node, "alice");
  const second = tokensOf(
    await harness.node.sessions.login(anonymous("192.0.2.9", "phone"), { username: "alice", password: PASSWORD }),
  );
  const viewer = await viewerOf(harness.node, first.accessToken);
  return { ...harness, first, second, viewer };
}

test("a changed password opens the account, the old one no more, and only the session it was changed in goes on", async () => {
  const { node, otherNode, database, clock, first, second, viewer } = await startWithTwoSessions();
  await viewerOf(otherNode, second.accessToken);
  const change = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
  expect(await node.account.changePassword(viewer, change)).toEqual([]);

  await expect(viewerOf(node, second.accessToken)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  clock.advance(5_000);
  await expect(viewerOf(otherNode, second.accessToken)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  expect("accessToken" in (await node.sessions.refresh(anonymous(), second.refreshToken))).toBe(false);
  tokensOf(await node.sessions.refresh(anonymous(), first.refreshToken));
  await viewerOf(node, first.accessToken);
  expect("accessToken" in (await node.sessions.login(anonymous(), { username: "alice", password: PASSWORD }))).toBe(false);
  tokensOf(await node.sessions.login(anonymous(), { username: "alice", password: NEW_PASSWORD }));
  expect((await auditTrail(database)).find(({ action }) => action === "PASSWORD_CHANGED")).toEqual({
    action: "PASSWORD_CHANGED",
    outcome: "SUCCEEDED",
    actorType: "USER",
    targetType: "User",
    details: { endedSessions: 1 },
  });
});

test("a wrong current password, a weak new one and an account without a password change nothing", async () => {
  const { node, database, viewer } = await startWithTwoSessions();
  const faults = async (currentPassword: string, newPassword: string) =>
    (await node.account.changePassword(viewer, { currentPassword, newPassword })).map(({ field, code }) => [field, code]);
  expect(await faults("a wrong guess", NEW_PASSWORD)).toEqual([["currentPassword", "WRONG_PASSWORD"]]);
  expect(await faults(PASSWORD, "Alice123")).toEqual([["newPassword", "PASSWORD_TOO_COMMON"]]);
  expect(await database.client.session.count({ where: { endedAt: null } })).toBe(2);
  await database.client.user.update({ where: { id: viewer.id }, data: { passwordHash: null } });
  expect(await faults(PASSWORD, NEW_PASSWORD)).toEqual([[null, "NO_PASSWORD"]]);
  const tried = (await auditTrail(database)).filter(({ action }) => action === "PASSWORD_CHANGED");
  expect(tried.map(({ outcome }) => outcome)).toEqual(["FAILED", "FAILED"]);
});

test("a password that was made at random has to be changed, for another: in a browser at once, elsewhere within a day", async () => {
  const { node, clock, viewer } = await startWithTwoSessions();
  const given = await node.users.ensureFirstAdministrator(undefined);
  const administrator = { username: "admin", password: given ?? "" };
  const inBrowser = tokensOf(await node.sessions.login(anonymous(), administrator, { refreshToken: null }));
  expect(inBrowser.requiredStep).toBe("CHANGE_PASSWORD");
  const held = await viewerOf(node, inBrowser.accessToken);
  expect(() => requirePermission(held, "user:write")).toThrow("Change your password first");
  const kept = await node.account.changePassword(held, { currentPassword: given ?? "", newPassword: given ?? "" });
  expect(kept.map(({ field, code }) => [field, code])).toEqual([["newPassword", "PASSWORD_UNCHANGED"]]);
  expect(await node.account.changePassword(held, { currentPassword: given ?? "", newPassword: NEW_PASSWORD })).toEqual([]);
  const free = await viewerOf(node, inBrowser.accessToken);
  requirePermission(free, "user:write");

  const { password } = await node.administration.resetPassword(free, viewer.id, null);
  const program = async () =>
    viewerOf(node, tokensOf(await node.sessions.login(anonymous(), { username: "alice", password: password ?? "" })).accessToken);
  requirePermission(await program(), "credential:read");
  clock.advance(24 * 3_600_000);
  expect((await program()).requiredStep).toBe("CHANGE_PASSWORD");

  // What an administrator types in for a program lasts: nobody is there to change it.
  await node.administration.resetPassword(systemViewer("test"), viewer.id, NEW_PASSWORD);
  clock.advance(24 * 3_600_000);
  const typed = { username: "alice", password: NEW_PASSWORD };
  expect(tokensOf(await node.sessions.login(anonymous(), typed)).requiredStep).toBeNull();
});

test("guesses at the current password count as guesses at sign-in", async () => {
  const { node, viewer } = await startWithTwoSessions();
  const guess = () => node.account.changePassword(viewer, { currentPassword: "a wrong guess", newPassword: NEW_PASSWORD });
  for (let attempt = 0; attempt < 5; attempt += 1) await guess();
  await expect(guess()).rejects.toMatchObject({ code: "RATE_LIMITED", retryAfterSeconds: 1 });
  await expect(node.sessions.login(anonymous(), { username: "alice", password: PASSWORD })).rejects.toMatchObject({
    code: "RATE_LIMITED",
  });
});

test("a user sees where they are signed in, newest first, and signs out there", async () => {
  const { node, clock, second, viewer } = await startWithTwoSessions();
  const bob = await viewerOf(node, (await registerUser(node, "bob")).accessToken);
  const listed = await node.account.findSessions(viewer);
  expect(listed.map(({ ip, userAgent, isCurrent }) => [ip, userAgent, isCurrent])).toEqual([
    ["192.0.2.9", "phone", false],
    ["192.0.2.1", "test", true],
  ]);
  const [other] = listed;
  const id = other?.id ?? "";
  await expect(node.account.endSession(bob, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await node.account.findSession(bob, id)).toBeNull();

  expect(await node.account.endSession(viewer, id)).toBe(id);
  await expect(viewerOf(node, second.accessToken)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  await expect(node.account.endSession(viewer, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect((await node.account.findSessions(viewer)).map(({ isCurrent }) => isCurrent)).toEqual([true]);
  clock.advance(31 * 24 * 3_600_000);
  expect(await node.account.findSessions(viewer)).toEqual([]);
});

test("a session is found, confirmed and ended however many began after it", async () => {
  const { node, database, second, viewer } = await startWithTwoSessions();
  const { client } = database;
  const newest = await client.session.findFirstOrThrow({ orderBy: { id: "desc" } });
  await client.session.createMany({ data: Array.from({ length: 100 }, () => ({ ...newest, id: makeId("session") })) });
  expect(await node.account.findCurrentSession(viewer)).toMatchObject({ id: viewer.sessionId, isCurrent: true });
  const { session } = await node.account.confirmPassword(viewer, { password: PASSWORD });
  expect(session?.id).toBe(viewer.sessionId);
  const other = (await viewerOf(node, second.accessToken)).sessionId ?? "";
  expect(await node.account.endSession(viewer, other)).toBe(other);
});
