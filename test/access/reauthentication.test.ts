import { expect, test } from "vitest";
import { requireRecentAuthentication, requireRecentAuthenticationInBrowser } from "../../src/access/reauthentication.ts";
import { systemViewer } from "../../src/access/viewer.ts";
import { anonymous, auditTrail, PASSWORD, registerUser, startAccess, tokensOf, viewerOf } from "../support/access.ts";

const MINUTE_MS = 60_000;
const NEEDED = { code: "REAUTHENTICATION_REQUIRED" };
const NO_COOKIE = { refreshToken: null };

async function startInBrowser() {
  const harness = await startAccess();
  await registerUser(harness.node);
  const credentials = { username: "alice", password: PASSWORD };
  const { accessToken } = tokensOf(await harness.node.sessions.login(anonymous(), credentials, NO_COOKIE));
  return { ...harness, accessToken, viewer: () => viewerOf(harness.node, accessToken) };
}

test("a password given within five minutes is enough for a sensitive act; an older one is asked for again", async () => {
  const { node, otherNode, clock, accessToken, viewer } = await startInBrowser();
  clock.advance(5 * MINUTE_MS - 1);
  await requireRecentAuthentication(await viewer());
  clock.advance(1);
  await expect(requireRecentAuthentication(await viewer())).rejects.toMatchObject(NEEDED);
  const elsewhere = await viewerOf(otherNode, accessToken);
  await expect(requireRecentAuthentication(elsewhere)).rejects.toMatchObject(NEEDED);

  const { session, userErrors } = await node.account.confirmPassword(await viewer(), { password: PASSWORD });
  expect([userErrors, session?.confirmedUntil]).toEqual([[], new Date(clock.now().getTime() + 5 * MINUTE_MS)]);
  await requireRecentAuthentication(await viewer());
  await requireRecentAuthentication(elsewhere); // which asked the store a moment ago
});

test("programs with an access token reveal as they always did, and are asked where no program was before", async () => {
  const { node, clock } = await startInBrowser();
  const { accessToken } = tokensOf(await node.sessions.login(anonymous(), { username: "alice", password: PASSWORD }));
  clock.advance(10 * MINUTE_MS);
  const program = await viewerOf(node, accessToken);
  await requireRecentAuthenticationInBrowser(program);
  await expect(requireRecentAuthentication(program)).rejects.toMatchObject(NEEDED);
  await requireRecentAuthentication(systemViewer("test"));
});

test("what would give an administrator's open browser to somebody else for good wants the password just given", async () => {
  const { node, database, clock, viewer } = await startInBrowser();
  const { user } = await registerUser(node, "bob");
  const { id } = await viewer();
  await database.client.user.update({ where: { id }, data: { role: "ADMIN" } });
  clock.advance(5 * MINUTE_MS);
  const acts = {
    token: async () => node.serviceTokens.create(await viewer(), { name: "t", permissions: ["credential:reveal"] }),
    reset: async () => node.administration.resetPassword(await viewer(), user.id, "quite another password"),
    role: async () => node.administration.changeRole(await viewer(), user.id, "ADMIN"),
    administrator: async () => node.users.create(await viewer(), { username: "carl", role: "ADMIN" }),
  };
  for (const act of Object.values(acts)) await expect(act()).rejects.toMatchObject(NEEDED);
  expect((await node.users.create(await viewer(), { username: "dora" })).userErrors).toEqual([]);
  await node.account.confirmPassword(await viewer(), { password: PASSWORD });
  for (const act of Object.values(acts)) expect((await act()).userErrors).toEqual([]);
});

test("a session of a trusted issuer's cannot confirm a password and does no act that needs one", async () => {
  const { node, viewer } = await startInBrowser();
  const { reauthentication: _, ...foreign } = await viewer();
  const outcome = await node.account.confirmPassword({ ...foreign, sessionId: null }, { password: PASSWORD });
  expect(outcome.userErrors.map(({ code }) => code)).toEqual(["NO_PASSWORD"]);
  await expect(requireRecentAuthentication(foreign)).rejects.toMatchObject(NEEDED);
  await requireRecentAuthenticationInBrowser(foreign);
});

test("a wrong password confirms nothing, is on record, and counts as a guess at sign-in", async () => {
  const { node, database, clock, viewer } = await startInBrowser();
  clock.advance(5 * MINUTE_MS);
  const wrong = async () => (await node.account.confirmPassword(await viewer(), { password: "a wrong guess" })).userErrors;
  for (let guess = 0; guess < 5; guess += 1)
    expect((await wrong())[0]).toMatchObject({ code: "WRONG_PASSWORD", field: "password" });
  await expect(wrong()).rejects.toMatchObject({ code: "RATE_LIMITED" });
  const login = node.sessions.login(anonymous(), { username: "alice", password: PASSWORD });
  await expect(login).rejects.toMatchObject({ code: "RATE_LIMITED" });
  await expect(requireRecentAuthentication(await viewer())).rejects.toMatchObject(NEEDED);
  const failed = (await auditTrail(database)).filter(({ action }) => action === "PASSWORD_CONFIRMED");
  expect(failed.map(({ outcome }) => outcome)).toEqual(Array(5).fill("FAILED"));
});

test("a browser's session ends after 30 idle minutes and after 12 hours of use, on the server", async () => {
  const { node, database, clock, viewer } = await startInBrowser();
  const { refreshToken } = tokensOf(await node.sessions.login(anonymous(), { username: "alice", password: PASSWORD }, NO_COOKIE));
  let token = refreshToken;
  const refresh = () => node.sessions.refresh(anonymous(), null, { refreshToken: token });
  for (let minute = 0; minute < 12 * 60 - 20; minute += 20) {
    token = tokensOf(await refresh()).refreshToken;
    clock.advance(20 * MINUTE_MS);
  }
  token = tokensOf(await refresh()).refreshToken;
  clock.advance(20 * MINUTE_MS);
  expect("accessToken" in (await refresh())).toBe(false);
  expect(await database.client.session.count({ where: { kind: "COOKIE", endedAt: null } })).toBe(2);
  await expect(viewer()).rejects.toMatchObject({ code: "UNAUTHENTICATED" });

  ({ refreshToken: token } = tokensOf(
    await node.sessions.login(anonymous(), { username: "alice", password: PASSWORD }, NO_COOKIE),
  ));
  clock.advance(30 * MINUTE_MS);
  expect("accessToken" in (await refresh())).toBe(false);
});

test("each use of a browser's session puts its idle end off", async () => {
  const { node, clock, viewer } = await startInBrowser();
  const start = clock.now().getTime();
  clock.advance(10 * MINUTE_MS);
  for (let call = 0; call < 100; call += 1) await viewer();
  await node.sweep();
  const [session] = await node.account.findSessions(await viewer());
  expect(session).toMatchObject({
    kind: "COOKIE",
    lastUsedAt: new Date(start + 10 * MINUTE_MS),
    idleExpiresAt: new Date(start + 40 * MINUTE_MS),
    expiresAt: new Date(start + 12 * 60 * MINUTE_MS),
  });
});

test("a user ends all their other sessions at once, in a browser shortly after the password alone", async () => {
  const { node, clock, viewer } = await startInBrowser();
  const { accessToken } = tokensOf(await node.sessions.login(anonymous(), { username: "alice", password: PASSWORD }));
  clock.advance(5 * MINUTE_MS);
  const other = (await node.account.findSessions(await viewer())).find(({ isCurrent }) => !isCurrent);
  await expect(node.account.endOtherSessions(await viewer())).rejects.toMatchObject(NEEDED);
  await expect(node.account.endSession(await viewer(), other?.id ?? "")).rejects.toMatchObject(NEEDED);
  await node.account.confirmPassword(await viewer(), { password: PASSWORD });
  expect(await node.account.endOtherSessions(await viewer())).toBe(2);
  await expect(viewerOf(node, accessToken)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  expect((await node.account.findSessions(await viewer())).map(({ isCurrent }) => isCurrent)).toEqual([true]);
});
