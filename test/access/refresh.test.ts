import { expect, test } from "vitest";
import type { SessionOutcome } from "../../src/access/session.service.ts";
import { anonymous, auditTrail, registerUser, startAccess, tokensOf, viewerOf } from "../support/access.ts";

const INVALID = {
  userErrors: [
    {
      message: "This refresh token is not valid any more. Sign in again.",
      field: "refreshToken",
      code: "INVALID_REFRESH_TOKEN",
    },
  ],
};
const DAY_MS = 24 * 3_600_000;
const UNAUTHENTICATED = { code: "UNAUTHENTICATED" };
const refreshTokensOf = (outcomes: readonly SessionOutcome[]) =>
  new Set(outcomes.map((outcome) => tokensOf(outcome).refreshToken));

async function countReuse(database: Parameters<typeof auditTrail>[0]): Promise<number> {
  return (await auditTrail(database)).filter(({ action }) => action === "SESSION_REUSE_DETECTED").length;
}

test("a refresh token gives new tokens of the same session, and its successor does so again", async () => {
  const { node } = await startAccess();
  const first = await registerUser(node);
  const second = tokensOf(await node.sessions.refresh(anonymous(), first.refreshToken));
  const third = tokensOf(await node.sessions.refresh(anonymous(), second.refreshToken));
  expect(new Set([first, second, third].map(({ refreshToken }) => refreshToken)).size).toBe(3);
  const viewers = await Promise.all([first, second, third].map(({ accessToken }) => viewerOf(node, accessToken)));
  expect(new Set(viewers.map(({ sessionId }) => sessionId)).size).toBe(1);
});

test("fifty refreshes of one token at once, on two nodes, give one successor and end nothing", async () => {
  const { node, otherNode, database, queryCount } = await startAccess();
  const { refreshToken } = await registerUser(node);
  const before = queryCount();
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? node : otherNode).sessions.refresh(anonymous(), refreshToken)),
  );
  // Each node takes the session's row once, however many ask: fifty would wait for it one after the other.
  expect(queryCount() - before).toBeLessThan(150);
  const [successor, ...others] = refreshTokensOf(outcomes);
  expect(others).toEqual([]);
  expect(await database.client.refreshToken.count()).toBe(2);
  expect(await countReuse(database)).toBe(0);
  tokensOf(await otherNode.sessions.refresh(anonymous(), successor));
});

test("a lost answer can be asked for again within ten seconds, on another node too", async () => {
  const { node, otherNode, clock } = await startAccess();
  const { refreshToken } = await registerUser(node);
  const lost = await node.sessions.refresh(anonymous(), refreshToken);
  clock.advance(9_900);
  const again = await otherNode.sessions.refresh(anonymous(), refreshToken);
  expect(refreshTokensOf([lost, again]).size).toBe(1);
});

test("a token used again after the grace window ends the whole family, everywhere, and is audited once", async () => {
  const { node, otherNode, database, clock } = await startAccess();
  const { refreshToken, accessToken } = await registerUser(node);
  const successor = tokensOf(await node.sessions.refresh(anonymous(), refreshToken));
  await viewerOf(otherNode, successor.accessToken);
  clock.advance(10_100);

  expect(await node.sessions.refresh(anonymous(), refreshToken)).toEqual(INVALID);
  expect(await node.sessions.refresh(anonymous(), refreshToken)).toEqual(INVALID);
  expect(await otherNode.sessions.refresh(anonymous(), successor.refreshToken)).toEqual(INVALID);
  for (const token of [accessToken, successor.accessToken]) {
    await expect(viewerOf(node, token)).rejects.toMatchObject(UNAUTHENTICATED);
    await expect(viewerOf(otherNode, token)).rejects.toMatchObject(UNAUTHENTICATED);
  }
  expect(await countReuse(database)).toBe(1);
});

test("a replay from another address or program is reuse even within the window", async () => {
  for (const thief of [anonymous("198.51.100.7"), anonymous("192.0.2.1", "another program")]) {
    const { node, database } = await startAccess();
    const { refreshToken } = await registerUser(node);
    const successor = tokensOf(await node.sessions.refresh(anonymous(), refreshToken));
    expect(await node.sessions.refresh(thief, refreshToken)).toEqual(INVALID);
    expect(await node.sessions.refresh(anonymous(), successor.refreshToken)).toEqual(INVALID);
    expect(await countReuse(database)).toBe(1);
  }
});

test("one family's end leaves the others alone", async () => {
  const { node, clock } = await startAccess();
  const stolen = await registerUser(node, "alice");
  const other = await registerUser(node, "bob");
  await node.sessions.refresh(anonymous(), stolen.refreshToken);
  clock.advance(11_000);
  await node.sessions.refresh(anonymous(), stolen.refreshToken);
  tokensOf(await node.sessions.refresh(anonymous(), other.refreshToken));
});

test("texts that are no refresh token of ours are refused", async () => {
  const { node } = await startAccess();
  const { refreshToken, accessToken } = await registerUser(node);
  const forged = [
    null,
    undefined,
    "",
    "psr_",
    accessToken,
    `${refreshToken}=`,
    ` ${refreshToken}`,
    refreshToken.slice(0, -1),
    `psr_${"A".repeat(43)}`,
    "x".repeat(1_000_000),
  ];
  for (const text of forged) expect(await node.sessions.refresh(anonymous(), text)).toEqual(INVALID);
  tokensOf(await node.sessions.refresh(anonymous(), refreshToken));
});

test("a session ends after 30 days however often it is refreshed, and after seven idle ones", async () => {
  const { node, clock } = await startAccess();
  let { refreshToken } = await registerUser(node, "alice");
  for (let day = 0; day < 29; day += 1) {
    clock.advance(DAY_MS);
    ({ refreshToken } = tokensOf(await node.sessions.refresh(anonymous(), refreshToken)));
  }
  const last = tokensOf(await node.sessions.refresh(anonymous(), refreshToken));
  clock.advance(DAY_MS);
  expect(await node.sessions.refresh(anonymous(), last.refreshToken)).toEqual(INVALID);

  const idle = await registerUser(node, "bob");
  clock.advance(7 * DAY_MS + 1);
  expect(await node.sessions.refresh(anonymous(), idle.refreshToken)).toEqual(INVALID);
});

test("a disabled user's refresh tokens serve no more", async () => {
  const { node, database } = await startAccess();
  const { refreshToken, user } = await registerUser(node);
  await database.client.user.update({ where: { id: user.id }, data: { isActive: false } });
  expect(await node.sessions.refresh(anonymous(), refreshToken)).toEqual(INVALID);
});

test("the sweep forgets sealed successors after their window and deletes expired sessions", async () => {
  const { node, database, clock } = await startAccess();
  const { refreshToken } = await registerUser(node);
  await node.sessions.refresh(anonymous(), refreshToken);
  const countSealed = () => database.client.refreshToken.count({ where: { successorCiphertext: { not: null } } });
  await node.sweep();
  expect(await countSealed()).toBe(1);
  clock.advance(10_100);
  await node.sweep();
  expect([await countSealed(), await database.client.session.count()]).toEqual([0, 1]);
  clock.advance(30 * DAY_MS);
  await node.sweep();
  expect([await database.client.session.count(), await database.client.refreshToken.count()]).toEqual([0, 0]);
});
