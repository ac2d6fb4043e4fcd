import { createLocalJWKSet, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { anonymous, ISSUER, PASSWORD, registerUser, startAccess, tokensOf, viewerOf } from "../support/access.ts";

const kidOf = (token: string) => JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()).kid as string;
const MINUTE_MS = 60_000;

test("nodes that start together make one signing key, and each verifies the other's tokens", async () => {
  const { node, otherNode, database, clock } = await startAccess();
  await database.client.signingKey.deleteMany();
  clock.advance(2_000);
  await Promise.all([node, otherNode, node, otherNode].map(({ signingKeys }) => signingKeys.ensureSigningKey()));
  expect(await database.client.signingKey.count()).toBe(1);
  const { accessToken } = await registerUser(node);
  expect((await viewerOf(otherNode, accessToken)).username).toBe("alice");
});

test("the published key set has public members alone, and any JWT library verifies our tokens with it", async () => {
  const { node, clock } = await startAccess();
  const { accessToken, user } = await registerUser(node);
  const { keys } = await node.signingKeys.readJwks();
  expect(keys).toEqual([
    { kty: "OKP", crv: "Ed25519", x: expect.stringMatching(/^[\w-]{43}$/), kid: kidOf(accessToken), alg: "EdDSA", use: "sig" },
  ]);
  const options = { issuer: ISSUER, audience: "postern", typ: "at+jwt", currentDate: clock.now() };
  const { payload } = await jwtVerify(accessToken, createLocalJWKSet({ keys: keys.map((key) => ({ ...key })) }), options);
  expect(payload.sub).toBe(user.id);
});

test("after a rotation old tokens verify until they expire and new ones carry the new key, on every node", async () => {
  const { node, otherNode, clock } = await startAccess();
  const before = await registerUser(node);
  await viewerOf(otherNode, before.accessToken);
  const kid = await node.signingKeys.rotateSigningKey();
  const after = tokensOf(await node.sessions.login(anonymous(), { username: "alice", password: PASSWORD }));

  expect([kidOf(before.accessToken) === kid, kidOf(after.accessToken) === kid]).toEqual([false, true]);
  for (const each of [node, otherNode]) {
    for (const { accessToken } of [before, after]) expect((await viewerOf(each, accessToken)).username).toBe("alice");
  }
  clock.advance(14 * MINUTE_MS);
  await viewerOf(otherNode, before.accessToken);
  clock.advance(3 * MINUTE_MS);
  expect((await node.signingKeys.readJwks()).keys.map((key) => key.kid)).toEqual([kid]);
});

test("rotations at once on several nodes leave one key that signs, and every node agrees on it", async () => {
  const { node, otherNode, database } = await startAccess();
  const kids = await Promise.all([node, otherNode, node, otherNode].map(({ signingKeys }) => signingKeys.rotateSigningKey()));
  const signers = await database.client.signingKey.findMany({ where: { slot: "signing" } });
  expect(signers).toHaveLength(1);
  expect(kids).toContain(signers[0]?.id);
  expect(await database.client.signingKey.count({ where: { slot: null, retiredAt: null } })).toBe(0);
});

test("a key retired for longer than a token lives is deleted at the next rotation", async () => {
  const { node, database, clock } = await startAccess();
  await node.signingKeys.rotateSigningKey();
  clock.advance(20 * MINUTE_MS);
  const kid = await node.signingKeys.rotateSigningKey();
  const left = await database.client.signingKey.findMany({ orderBy: { id: "asc" } });
  expect([left.length, left[1]?.id]).toEqual([2, kid]);
});

test("a key that is taken out of the store ends its tokens within seconds, and the next sign-in has a new one", async () => {
  const { node, otherNode, database, clock } = await startAccess();
  const { accessToken } = await registerUser(node);
  await viewerOf(otherNode, accessToken);
  await database.client.signingKey.deleteMany();
  clock.advance(2_000);
  for (const each of [node, otherNode]) {
    await expect(viewerOf(each, accessToken)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  }
  const signIn = () => otherNode.sessions.login(anonymous(), { username: "alice", password: PASSWORD });
  for (const outcome of await Promise.all([signIn(), signIn()])) {
    expect((await viewerOf(node, tokensOf(outcome).accessToken)).username).toBe("alice");
  }
  expect(await database.client.signingKey.count()).toBe(1);
});

test("a swapped public half makes the private one unreadable", async () => {
  const { node, otherNode, database } = await startAccess();
  await node.signingKeys.rotateSigningKey();
  const [retired, current] = await database.client.signingKey.findMany({ orderBy: { id: "asc" } });
  const publicJwk = retired?.publicJwk ?? "";
  await database.client.signingKey.update({ where: { id: current?.id ?? "" }, data: { publicJwk } });
  await expect(otherNode.signingKeys.findSigner()).rejects.toMatchObject({ code: "INTEGRITY_ERROR" });
});

test("a rotation of key-encryption keys finds the signing keys, re-wraps them, and they still sign", async () => {
  const { node, otherNode, database, envelope } = await startAccess();
  const [source] = node.sealedSources;
  const [row] = await database.client.signingKey.findMany();
  if (source === undefined || row === undefined) throw new Error("nothing to re-wrap");
  expect(await source.nextBatch(await envelope.primaryKeyId(), null, 10)).toEqual([]);

  const [record] = await source.nextBatch("another", null, 10);
  if (record === undefined) throw new Error("no record");
  const after = await envelope.rewrap(record.context, record);
  expect(await source.replaceKeys([{ id: record.id, before: record, after }])).toBe(1);
  expect(await source.replaceKeys([{ id: record.id, before: record, after }])).toBe(0);
  expect([await source.countUnder(after.keyId), await source.countUnder("another")]).toEqual([1, 0]);

  const { accessToken } = await registerUser(otherNode);
  expect(kidOf(accessToken)).toBe(row.id);
});
