import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { read, save, secretOf, startSource } from "../support/backups.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const flipAt = (bytes: Bytes, place: number): Bytes =>
  Uint8Array.from(bytes, (byte, index) => (index === place ? byte ^ 0x40 : byte));

/** Two users' credentials, and a way to change one in the store and ask for it by the API. */
async function openTampering() {
  const { gateway, token, store } = await startSource("target", "sibling", "whole");
  const { token: otherToken } = await gateway.signUp("grace");
  await save(gateway, otherToken, "target");
  await save(gateway, token, "target"); // a second version
  const { client } = gateway.services.database;
  const find = async (label: string, version: number, username: string) =>
    client.credentialVersion.findFirstOrThrow({
      where: { version, credential: { label, owner: { canonicalName: username } } },
      include: { credential: true },
    });
  const target = await find("target", 2, "ada");
  const sources = {
    older: await find("target", 1, "ada"),
    sibling: await find("sibling", 1, "ada"),
    foreign: await find("target", 1, "grace"),
  };
  const { credential, ...version } = target;
  const restoreRow = async () => {
    await client.credentialVersion.update({ where: { id: version.id }, data: version });
    await client.credential.update({ where: { id: credential.id }, data: credential });
  };
  const readTarget = () => read(gateway, token, "target");
  return { gateway, store, token, client, target, sources, version, credential, restoreRow, readTarget };
}

describe("a sealed record that was changed in the store", () => {
  it("does not open in any of its groups, is on record as unreadable, and disturbs no other", { timeout: 120_000 }, async () => {
    const { gateway, token, client, target, sources, credential, restoreRow, readTarget } = await openTampering();
    const { ciphertext, wrappedKey } = target;
    const { older, sibling, foreign } = sources;
    const [newKeyId] = [gateway.services.ring.addPrimary()];
    const cut = (bytes: Bytes, length: number) => bytes.slice(0, length);
    const grow = (bytes: Bytes) => Uint8Array.of(...bytes, 0);
    const groups: Record<string, object> = {
      "format byte of the ciphertext": { ciphertext: flipAt(ciphertext, 0) },
      "key id length of the ciphertext": { ciphertext: flipAt(ciphertext, 1) },
      "key id in the ciphertext": { ciphertext: flipAt(ciphertext, 5) },
      "nonce of the ciphertext": { ciphertext: flipAt(ciphertext, 25) },
      "body of the ciphertext": { ciphertext: flipAt(ciphertext, 60) },
      "tag of the ciphertext": { ciphertext: flipAt(ciphertext, ciphertext.length - 1) },
      "ciphertext cut by one": { ciphertext: cut(ciphertext, ciphertext.length - 1) },
      "ciphertext cut to its head": { ciphertext: cut(ciphertext, 20) },
      "ciphertext emptied": { ciphertext: new Uint8Array() },
      "ciphertext grown": { ciphertext: grow(ciphertext) },
      "ciphertext as plain text": { ciphertext: Uint8Array.from(Buffer.from('{"password":"known"}')) },
      "format byte of the wrapped key": { wrappedKey: flipAt(wrappedKey, 0) },
      "another format's byte": { wrappedKey: Uint8Array.from(wrappedKey, (byte, index) => (index === 0 ? 2 : byte)) },
      "key id in the wrapped key": { wrappedKey: flipAt(wrappedKey, 4) },
      "nonce of the wrapped key": { wrappedKey: flipAt(wrappedKey, 22) },
      "body of the wrapped key": { wrappedKey: flipAt(wrappedKey, 50) },
      "tag of the wrapped key": { wrappedKey: flipAt(wrappedKey, wrappedKey.length - 1) },
      "wrapped key cut": { wrappedKey: cut(wrappedKey, wrappedKey.length - 1) },
      "wrapped key emptied": { wrappedKey: new Uint8Array() },
      "wrapped key grown": { wrappedKey: grow(wrappedKey) },
      "unknown key id": { keyId: "kek_000000000000" },
      "another key of the ring": { keyId: newKeyId },
      "empty key id": { keyId: "" },
      "key id of an object's own member": { keyId: "__proto__" },
      "key id of Transit": { keyId: "transit/postern:v1" },
      "older version's ciphertext": { ciphertext: older.ciphertext },
      "older version's ciphertext and key": { ciphertext: older.ciphertext, wrappedKey: older.wrappedKey },
      "sibling's wrapped key": { wrappedKey: sibling.wrappedKey },
      "sibling's ciphertext and key": { ciphertext: sibling.ciphertext, wrappedKey: sibling.wrappedKey },
      "another owner's ciphertext and key": { ciphertext: foreign.ciphertext, wrappedKey: foreign.wrappedKey },
      "ciphertext in the place of the wrapped key": { wrappedKey: ciphertext },
      "public fields": { publicFields: '{"email":"eve@example.test"}' },
      "names of the secret fields": { secretNames: '["password","email"]' },
    };
    const moved: Record<string, object> = {
      connector: { connectorId: "login-api" },
      project: { project: "elsewhere" },
      "owner key": { ownerKey: "system" },
    };
    const [undetected, disturbed]: [string[], string[]] = [[], []];
    for (const [group, data] of Object.entries(groups)) {
      await client.credentialVersion.update({ where: { id: target.id }, data });
      if ((await readTarget()) !== "INTEGRITY_ERROR") undetected.push(group);
      if ((await read(gateway, token, "whole")) !== secretOf("whole")) disturbed.push(group);
      await restoreRow();
    }
    for (const [group, data] of Object.entries(moved)) {
      await client.credential.update({ where: { id: credential.id }, data });
      const opened = await gateway.services.credentials.credentials.openForUse(credential.id).then(
        () => "opened",
        (error: unknown) => (error as { code?: string }).code,
      );
      if (opened !== "INTEGRITY_ERROR") undetected.push(group);
      await restoreRow();
    }
    expect([undetected, disturbed]).toEqual([[], []]);
    expect(await readTarget()).toBe(secretOf("target"));
    const count = await client.auditEvent.count({ where: { action: "CREDENTIAL_UNREADABLE", targetId: credential.id } });
    expect(count).toBe(Object.keys(groups).length + Object.keys(moved).length);
    expect(gateway.log()).not.toContain(secretOf("target"));
  });
});

describe("a deleted credential's wrapped keys", () => {
  it("are gone from the store, and on SQLite from every byte of its files within seconds", { timeout: 60_000 }, async () => {
    const { gateway, token, store, client, sources, credential } = await openTampering();
    const versions = await client.credentialVersion.findMany();
    const find = (credentialId: string) => {
      const own = versions.filter((version) => version.credentialId === credentialId);
      const needles = own.flatMap(({ wrappedKey, ciphertext }) => [Buffer.from(wrappedKey), Buffer.from(ciphertext)]);
      return ["app.db", "app.db-wal"].flatMap((name) => {
        const bytes = readFileSync(path.join(store.dataDir, name));
        return needles.filter((needle) => bytes.includes(needle)).map(() => name);
      });
    };
    const isSqlite = gateway.services.database.provider === "sqlite";
    const administrator = await gateway.signInAdministrator();
    const { id: graceId } = await client.user.findUniqueOrThrow({ where: { canonicalName: "grace" } });
    const acts = [
      [credential.id, "deleteCredential", "DeleteCredentialInput", { id: credential.id }, token],
      [sources.foreign.credentialId, "deleteUser", "DeleteUserInput", { id: graceId, username: "grace" }, administrator],
    ] as const;
    for (const [id, act, type, input, by] of acts) {
      if (isSqlite) expect(find(id).length, act).toBeGreaterThan(0);
      const answer = await gateway.query(`mutation ($input: ${type}!) { ${act}(input: $input) { deletedId } }`, { input }, by);
      expect(answer, act).toEqual({ data: { [act]: { deletedId: input.id } } });
      expect(await client.credentialVersion.count({ where: { credentialId: id } }), act).toBe(0);
      if (isSqlite) await expect.poll(() => find(id), { message: act, timeout: 20_000, interval: 500 }).toEqual([]);
    }
  });
});
