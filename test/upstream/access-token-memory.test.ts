import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { makeId } from "../../src/identifiers.ts";
import { createEnvelope, type Envelope } from "../../src/keys/envelope.ts";
import { AccessTokenMemory } from "../../src/upstream/access-token-memory.ts";
import { accessTokenSealContext, type SealedToken } from "../../src/upstream/access-token-sealing.ts";
import { openToken } from "../../src/upstream/access-token-source.ts";
import { createTestRing } from "../support/key-ring.ts";

const MEGABYTE = 1024 * 1024;
const now = new Date();

function createSealing() {
  const envelope = createEnvelope(createTestRing());
  return { envelope, seal: (accessToken: string, version = 1) => sealWith(envelope, accessToken, version) };
}

async function sealWith(envelope: Envelope, accessToken: string, version: number): Promise<SealedToken> {
  const expiresAt = new Date(now.getTime() + 480_000);
  const place = { credentialId: makeId("credential"), ownerKey: makeId("user"), generation: 0, version, expiresAt };
  return { ...place, sealed: await envelope.seal(accessTokenSealContext(place), Buffer.from(accessToken)) };
}

function copyOf({ sealed, ...token }: SealedToken): SealedToken {
  const { keyId, wrappedKey, ciphertext } = sealed;
  const copy = { keyId, wrappedKey: new Uint8Array(wrappedKey), ciphertext: new Uint8Array(ciphertext) };
  return { ...token, credentialId: makeId("credential"), sealed: copy };
}

/** Megabytes that are still in use after the garbage is collected. */
function occupied(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return (heapUsed + Math.max(external, arrayBuffers)) / MEGABYTE;
}

test("100,000 tokens of 600 bytes are kept, every one of them, within 256 MB", { timeout: 120_000 }, async () => {
  const { envelope, seal } = createSealing();
  const memory = new AccessTokenMemory();
  const ids: string[] = [];
  const before = occupied();
  let token = await seal("0.".padEnd(600, "t"));
  for (let index = 1; index <= 100_000; index += 1) {
    // Sealing them all would take half a minute: what is kept is as large when it is a copy under another id.
    const isSealed = index % 100 === 0;
    token = isSealed ? await seal(`${index}.`.padEnd(600, "t")) : copyOf(token);
    memory.keep(token);
    ids.push(token.credentialId);
  }
  const megabytes = Math.round(occupied() - before);
  console.info(`100,000 sealed access tokens of 600 bytes: ${megabytes} MB`);
  expect(ids.filter((id) => memory.find(id, 1, now) === null)).toEqual([]);
  const last = memory.find(ids.at(-1) ?? "", 1, now);
  expect(last && (await openToken(envelope, last))).toMatch(/^100000\.t+$/);
  expect(megabytes).toBeLessThan(256);
});

test("beyond its bytes or its number the memory lets go what was not used for longest", async () => {
  const { seal } = createSealing();
  const few = new AccessTokenMemory({ maxTokens: 2, maxBytes: MEGABYTE });
  const tokens = await Promise.all(["one", "two", "three"].map((text) => seal(text)));
  const [one, two, three] = tokens.map(({ credentialId }) => credentialId);
  for (const token of tokens.slice(0, 2)) few.keep(token);
  few.find(one ?? "", 1, now);
  for (const token of tokens.slice(2)) few.keep(token);
  expect([one, two, three].map((id) => few.find(id ?? "", 1, now) !== null)).toEqual([true, false, true]);

  const small = new AccessTokenMemory({ maxTokens: 1_000, maxBytes: 100_000 });
  const great = await Promise.all(Array.from({ length: 20 }, () => seal("t".repeat(16_000))));
  for (const token of great) small.keep(token);
  const kept = great.filter(({ credentialId }) => small.find(credentialId, 1, now) !== null).length;
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThanOrEqual(6);
});

test("a token is found for its own version and until its end", async () => {
  const memory = new AccessTokenMemory();
  const token = await createSealing().seal("token", 2);
  memory.keep(token);
  const find = (version: number, time: Date) => memory.find(token.credentialId, version, time) !== null;
  expect([find(1, now), find(2, now), find(2, token.expiresAt), find(2, now)]).toEqual([false, true, false, false]);
});
