import { expect, test } from "vitest";
import { requireRecentAuthentication } from "../../src/access/reauthentication.ts";
import { anonymous, PASSWORD, registerUser, startAccess, tokensOf, viewerOf } from "../support/access.ts";

const HOUR_MS = 3_600_000;
const REFUSED = { code: "UNAUTHENTICATED" };
const INVALID = { userErrors: [{ code: "INVALID_REFRESH_TOKEN" }] };

test("what was issued while the clock was ahead is worth nothing once it is set right", async () => {
  const { node, otherNode, clock } = await startAccess();
  await node.users.ensureFirstAdministrator(PASSWORD);
  clock.advance(HOUR_MS);
  const { accessToken, refreshToken } = tokensOf(
    await node.sessions.login(anonymous(), { username: "admin", password: PASSWORD }),
  );
  const admin = await viewerOf(node, accessToken);
  const { token } = await node.serviceTokens.create(admin, { name: "tests", permissions: ["credential:read"] });
  await node.authentication.authenticate(`Bearer ${token}`, anonymous().origin);
  clock.advance(-HOUR_MS);
  for (const each of [node, otherNode]) {
    await expect(viewerOf(each, accessToken)).rejects.toMatchObject(REFUSED);
    await expect(each.authentication.authenticate(`Bearer ${token}`, anonymous().origin)).rejects.toMatchObject(REFUSED);
    expect(await each.sessions.refresh(anonymous(), refreshToken)).toMatchObject(INVALID);
  }
});

test("a clock that is set back by seconds costs nobody a session", async () => {
  const { node, clock } = await startAccess();
  const { accessToken, refreshToken } = await registerUser(node);
  clock.advance(-4_000);
  await viewerOf(node, accessToken);
  tokensOf(await node.sessions.refresh(anonymous(), refreshToken));
});

test("a refresh token that was used stays used: a clock that is set back does not open its window again", async () => {
  const { node, otherNode, clock } = await startAccess();
  const { refreshToken } = await registerUser(node);
  clock.advance(HOUR_MS / 6);
  tokensOf(await node.sessions.refresh(anonymous(), refreshToken));
  clock.advance(-HOUR_MS / 6);
  expect(await otherNode.sessions.refresh(anonymous(), refreshToken)).toMatchObject(INVALID);
});

test("an ended session and a revoked token stay so, wherever the clock goes", async () => {
  const { node, otherNode, clock } = await startAccess();
  await node.users.ensureFirstAdministrator(PASSWORD);
  const { accessToken } = tokensOf(await node.sessions.login(anonymous(), { username: "admin", password: PASSWORD }));
  const admin = await viewerOf(node, accessToken);
  const made = await node.serviceTokens.create(admin, { name: "tests", permissions: ["credential:read"] });
  await node.serviceTokens.revoke(admin, made.serviceToken?.id ?? "");
  await node.sessions.logout(admin);
  for (const step of [-HOUR_MS, 2 * HOUR_MS, -HOUR_MS]) {
    clock.advance(step);
    for (const each of [node, otherNode]) {
      await expect(viewerOf(each, accessToken)).rejects.toMatchObject(REFUSED);
      await expect(each.authentication.authenticate(`Bearer ${made.token}`, anonymous().origin)).rejects.toMatchObject(REFUSED);
    }
  }
});

test("a password counts as just given for its minutes alone, though the clock is set back", async () => {
  const { node, clock } = await startAccess();
  const { accessToken } = await registerUser(node);
  clock.advance(HOUR_MS / 20);
  const viewer = await viewerOf(node, accessToken);
  await node.account.confirmPassword(viewer, { password: PASSWORD });
  await requireRecentAuthentication(await viewerOf(node, accessToken));
  clock.advance(-HOUR_MS / 20);
  await expect(requireRecentAuthentication(await viewerOf(node, accessToken))).rejects.toMatchObject({
    code: "REAUTHENTICATION_REQUIRED",
  });
});
