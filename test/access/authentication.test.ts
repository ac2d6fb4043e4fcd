import { expect, test } from "vitest";
import { type AccessHarness, anonymous, PASSWORD, registerUser, tokensOf, viewerOf } from "../support/access.ts";
import { expectAllRefused, startWithSigner } from "../support/stolen-signer.ts";

const REFUSED = { name: "GatewayError", code: "UNAUTHENTICATED" };

test("only `Bearer` and spaces lead to a token; anything else in the header is refused, none is anonymous", async () => {
  const { node, tokens } = await startWithSigner();
  const { origin } = anonymous();
  const good = tokens.accessToken;
  for (const header of [
    "",
    "Bearer",
    "Bearer ",
    good,
    `Basic ${good}`,
    `Token ${good}`,
    `Bearer ${good} ${good}`,
    `Bearer\t${good}`,
    ` Bearer ${good}`,
    `Bearer "${good}"`,
  ]) {
    await expect(node.authentication.authenticate(header, origin)).rejects.toMatchObject(REFUSED);
    expect(await node.authentication.authenticateOrAnonymous(header, origin)).toEqual(anonymous());
  }
  expect(await node.authentication.authenticate(undefined, origin)).toEqual(anonymous());
  for (const header of [`bearer ${good}`, `Bearer  ${good}`, `BEARER    ${good}`])
    expect((await node.authentication.authenticate(header, origin)).type).toBe("USER");
  expect((await node.authentication.authenticateOrAnonymous(`Bearer ${good}`, origin)).type).toBe("USER");
});

test("a token ends with its fifteen minutes, though it was verified before", async () => {
  const { node, tokens, clock } = await startWithSigner();
  clock.advance(tokens.expiresAt.getTime() - clock.now().getTime() - 1);
  await viewerOf(node, tokens.accessToken);
  clock.advance(1);
  await expect(viewerOf(node, tokens.accessToken)).rejects.toMatchObject(REFUSED);
});

test("what the store says of user and session counts within two seconds, whatever the token says", async () => {
  const changes: Readonly<Record<string, (harness: AccessHarness, id: string) => Promise<unknown>>> = {
    "deleted user": ({ database }, id) => database.client.user.delete({ where: { id } }),
    "disabled user": ({ database }, id) => database.client.user.update({ where: { id }, data: { isActive: false } }),
    "ended session": ({ database, clock }, userId) =>
      database.client.session.updateMany({ where: { userId }, data: { endedAt: clock.now() } }),
    "expired session": ({ database, clock }, userId) =>
      database.client.session.updateMany({ where: { userId }, data: { expiresAt: clock.now() } }),
    "removed key": ({ database }) => database.client.signingKey.deleteMany(),
  };
  for (const change of Object.values(changes)) {
    const harness = await startWithSigner();
    const { accessToken, user } = harness.tokens;
    for (const node of [harness.node, harness.otherNode]) await viewerOf(node, accessToken);
    await change(harness, user.id);
    harness.clock.advance(2_000);
    for (const node of [harness.node, harness.otherNode])
      await expect(viewerOf(node, accessToken)).rejects.toMatchObject(REFUSED);
  }
});

test("a changed role gives and takes permissions within two seconds", async () => {
  const { node, tokens, clock, database } = await startWithSigner();
  const isAdministrator = async () => (await viewerOf(node, tokens.accessToken)).permissions.has("user:read");
  for (const role of ["ADMIN", "USER"] as const) {
    await database.client.user.update({ where: { id: tokens.user.id }, data: { role } });
    clock.advance(2_000);
    expect(await isAdministrator()).toBe(role === "ADMIN");
  }
});

test("one user's claims over another's session are refused", async () => {
  const harness = await startWithSigner();
  const bob = await registerUser(harness.node, "bob");
  await expectAllRefused(harness, { "bob's id": harness.signer.withClaims({ sub: bob.user.id }) });
  const login = tokensOf(await harness.node.sessions.login(anonymous(), { username: "bob", password: PASSWORD }));
  const { sessionId } = await viewerOf(harness.node, login.accessToken);
  await expectAllRefused(harness, { "bob's session": harness.signer.withClaims({ sid: sessionId }) });
});
