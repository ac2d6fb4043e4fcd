import { chmodSync, existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { runKeysCommand } from "../../src/commands/keys.ts";
import { createTestStore, openTestStore, type TestStore } from "../support/database.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { startTransitServer, type TransitServer } from "../support/transit-server.ts";

const SAVE = `mutation ($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } } }`;
const REVEAL = `mutation ($input: RevealCredentialInput!) { revealCredential(input: $input) { fields { name value } } }`;

const saveInput = (label: string) => ({
  input: {
    connector: "app-login",
    label,
    test: false,
    fields: [
      { name: "email", value: "ada@example.test" },
      { name: "password", value: `secret ${label}` },
    ],
  },
});
const reveal = (gateway: Gateway, token: string, label: string) =>
  gateway.query(REVEAL, { input: { credential: { connector: "app-login", label } } }, token);
const revealed = (label: string) => ({
  data: {
    revealCredential: {
      fields: [
        { name: "email", value: "ada@example.test" },
        { name: "password", value: `secret ${label}` },
      ],
    },
  },
});

/** What points a gateway to the server, with a token of its own in a file. */
function transitEnvironment(server: TransitServer, store: TestStore, more: Record<string, string> = {}) {
  const file = path.join(store.dataDir, "transit-token");
  writeFileSync(file, `${server.addToken()}\n`, { mode: 0o600 });
  return { TRANSIT_URL: server.url, TRANSIT_TOKEN_FILE: file, TRANSIT_TIMEOUT_MS: "1000", ...more };
}

async function runKeys({ services }: Gateway, ...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const { ring, remoteKeys, envelope, checks, sealedSources: sources, audit, database } = services;
  const rotateSigningKey = () => services.access.signingKeys.rotateSigningKey();
  const shred = () => database.shred();
  const open = async () => ({ ring, remoteKeys, envelope, checks, sources, audit, rotateSigningKey, shred });
  const code = await runKeysCommand(args, { open, print: (line) => lines.push(line), sleep: async () => {} });
  return { code, lines };
}

describe("a key-encryption key in Transit", () => {
  it("wraps and unwraps there, and no key ring is made", async () => {
    const server = await startTransitServer();
    const store = await openTestStore();
    const gateway = await startGateway(transitEnvironment(server, store), store);
    const { token } = await gateway.signUp("ada");
    await gateway.query(SAVE, saveInput("one"), token);
    expect(await reveal(gateway, token, "one")).toEqual(revealed("one"));
    const { keyId, wrappedKey } = await gateway.services.database.client.credentialVersion.findFirstOrThrow();
    expect([keyId, Buffer.from(wrappedKey).toString("latin1")]).toEqual([
      "transit/postern:v1",
      expect.stringContaining("vault:v1:"),
    ]);
    expect(existsSync(path.join(store.dataDir, "keys.json"))).toBe(false);
  });

  it("that is away refuses writes with UNAVAILABLE, while cached keys serve reads until their time", {
    timeout: 60_000,
  }, async () => {
    const server = await startTransitServer();
    const store = await openTestStore();
    const environment = transitEnvironment(server, store, { TRANSIT_CACHE_SECONDS: "4", TRANSIT_TIMEOUT_MS: "500" });
    const gateway = await startGateway(environment, store);
    const { token } = await gateway.signUp("ada");
    await gateway.query(SAVE, saveInput("one"), token);
    for (const failure of [503, 429, 473, 404, 500, "hang"] as const) {
      server.breakWith(failure);
      const answer = await gateway.query(SAVE, saveInput(`during ${failure}`), token);
      expect([failure, answer.errors?.[0]?.extensions.code]).toEqual([failure, "UNAVAILABLE"]);
    }
    expect((await gateway.query("{ me { username } }", {}, token)).data).toEqual({ me: { username: "ada" } });
    server.breakWith(null);
    await expect.poll(() => reveal(gateway, token, "one"), { timeout: 10_000 }).toEqual(revealed("one"));
    server.breakWith(503);
    expect(await reveal(gateway, token, "one")).toEqual(revealed("one"));
    await expect
      .poll(async () => (await reveal(gateway, token, "one")).errors?.[0]?.extensions.code, { timeout: 15_000, interval: 500 })
      .toBe("UNAVAILABLE");
    server.breakWith(null);
    await expect.poll(() => reveal(gateway, token, "one"), { timeout: 10_000 }).toEqual(revealed("one"));
    expect(gateway.log()).not.toContain("secret one");
  });

  it.each([
    ["away", (server: TransitServer) => server.breakWith(503), /^The Transit key cannot be used: the server is sealed/],
    ["without the key", (server: TransitServer) => server.deleteKey(), /^Transit does not open what the store was sealed with/],
    [
      "past the version",
      (server: TransitServer) => {
        server.rotate();
        server.setMinDecryptionVersion(2);
      },
      /^Transit does not open what the store was sealed with under transit\/postern:v1/,
    ],
  ] as const)("that is %s at the start is refused in words, and nothing is written", async (_, spoil, message) => {
    const server = await startTransitServer();
    const store = await openTestStore();
    const environment = transitEnvironment(server, store);
    const gateway = await startGateway(environment, store);
    await gateway.close();
    spoil(server);
    await expect(startGateway(environment, store)).rejects.toThrow(message);
    await expect(startGateway({}, store)).rejects.toThrow(/was sealed with the Transit key transit\/postern:v1: set TRANSIT_URL/);
    expect(existsSync(path.join(store.dataDir, "keys.json"))).toBe(false);
  });

  it.each([
    ["away", (server: TransitServer) => server.breakWith(503), /^The Transit key cannot be used: the server is sealed/],
    ["without the key", (server: TransitServer) => server.deleteKey(), /^Neither the key ring nor Transit opens/],
  ] as const)(
    "that is %s at the start is named also where somebody took the store's key checks away",
    async (_, spoil, message) => {
      const server = await startTransitServer();
      const store = await openTestStore();
      const environment = transitEnvironment(server, store);
      const gateway = await startGateway(environment, store);
      await gateway.services.database.client.keyCheck.deleteMany();
      await gateway.close();
      spoil(server);
      await expect(startGateway(environment, store)).rejects.toThrow(message);
      expect(existsSync(path.join(store.dataDir, "keys.json"))).toBe(false);
    },
  );

  it("does not open a wrapped key that was changed or moved, and the others still open", async () => {
    const server = await startTransitServer();
    const store = await openTestStore();
    const gateway = await startGateway(transitEnvironment(server, store, { TRANSIT_CACHE_SECONDS: "0" }), store);
    const { token } = await gateway.signUp("ada");
    for (const label of ["one", "other", "whole"]) await gateway.query(SAVE, saveInput(label), token);
    const versions = gateway.services.database.client.credentialVersion;
    const [one, other] = await versions.findMany({ orderBy: { id: "asc" }, take: 2 });
    if (one === undefined || other === undefined) throw new Error("Two versions are needed");
    const flipped = Uint8Array.from(one.wrappedKey, (byte, place) => (place === 40 ? byte ^ 1 : byte));
    for (const data of [
      { wrappedKey: flipped },
      { wrappedKey: one.wrappedKey.subarray(0, 60) },
      { wrappedKey: other.wrappedKey },
      { wrappedKey: one.wrappedKey, keyId: "transit/postern:v2" },
      { wrappedKey: one.wrappedKey, keyId: "transit/other:v1" },
    ]) {
      await versions.update({ where: { id: one.id }, data: { keyId: one.keyId, ...data } });
      expect((await reveal(gateway, token, "one")).errors?.[0]?.extensions.code).toBe("INTEGRITY_ERROR");
      expect(await reveal(gateway, token, "whole")).toEqual(revealed("whole"));
    }
  });

  it("is moved to from the key ring by a rotation, rotated itself, and its old version then need not open any more", async () => {
    const server = await startTransitServer();
    const store = await openTestStore();
    const onRing = await startGateway({}, store);
    const { token } = await onRing.signUp("ada");
    await onRing.query(SAVE, saveInput("one"), token);
    const ringKey = onRing.services.ring.primary().id;
    await onRing.close();

    const environment = transitEnvironment(server, store, { TRANSIT_CACHE_SECONDS: "0" });
    const gateway = await startGateway(environment, store);
    expect(await reveal(gateway, token, "one")).toEqual(revealed("one"));
    expect((await runKeys(gateway, "rewrap")).code).toBe(0);
    expect(await runKeys(gateway, "remove", ringKey)).toMatchObject({ code: 0 });
    expect(existsSync(path.join(store.dataDir, "keys.json"))).toBe(false);
    expect(await reveal(gateway, token, "one")).toEqual(revealed("one"));

    expect((await runKeys(gateway, "rotate")).code).toBe(0);
    expect((await runKeys(gateway, "list")).lines).toEqual([
      "transit/postern:v1  old      wraps 0",
      "transit/postern:v2  primary  wraps 3",
    ]);
    expect((await runKeys(gateway, "remove", "transit/postern:v1")).code).toBe(0);
    server.setMinDecryptionVersion(2);
    await gateway.close();
    const again = await startGateway(environment, store);
    expect(await reveal(again, token, "one")).toEqual(revealed("one"));
  });

  it("is reached with an AppRole too, which signs in again when its token is refused", async () => {
    const server = await startTransitServer();
    const store = await openTestStore();
    const secretIdFile = path.join(store.dataDir, "secret-id");
    writeFileSync(secretIdFile, server.appRole.secretId, { mode: 0o600 });
    const environment = {
      TRANSIT_URL: server.url,
      TRANSIT_ROLE_ID: server.appRole.roleId,
      TRANSIT_SECRET_ID_FILE: secretIdFile,
      TRANSIT_CACHE_SECONDS: "0",
    };
    const gateway = await startGateway(environment, store);
    const { token } = await gateway.signUp("ada");
    await gateway.query(SAVE, saveInput("one"), token);
    server.revokeAll();
    expect(await reveal(gateway, token, "one")).toEqual(revealed("one"));
    expect(server.calls.filter((call) => call === "auth/approle/login").length).toBe(2);
    expect(gateway.log()).not.toContain(server.appRole.secretId);
  });

  it("is not asked with a token that others can read, or that is refused", async () => {
    const server = await startTransitServer();
    const store = await openTestStore();
    const environment = transitEnvironment(server, store);
    chmodSync(environment.TRANSIT_TOKEN_FILE, 0o644);
    await expect(startGateway(environment, store)).rejects.toThrow(/make it 600/);
    writeFileSync(environment.TRANSIT_TOKEN_FILE, "s.wrong");
    chmodSync(environment.TRANSIT_TOKEN_FILE, 0o600);
    await expect(startGateway(environment, store)).rejects.toThrow(/the token is refused \(403\)/);
  });
});

it("a Transit server needs a way to sign in to it", async () => {
  const store = await createTestStore();
  await expect(startGateway({ TRANSIT_URL: "http://127.0.0.1:1" }, store)).rejects.toThrow(/needs either TRANSIT_TOKEN_FILE/);
  await store.remove();
});
