import { expect, onTestFinished, test } from "vitest";
import { CredentialRepository, type CredentialScope } from "../../src/credentials/credential.repository.ts";
import { type OpenableCredential, OpenableCredentialRepository } from "../../src/credentials/openable-credential.repository.ts";
import type { CredentialVersionModel } from "../../src/database/generated/sqlite/models.ts";
import { createEnvelope } from "../../src/keys/envelope.ts";
import { openTestDatabase } from "../support/database.ts";
import { createTestRing } from "../support/key-ring.ts";
import { sealCredentials } from "../support/sealed-credentials.ts";

/** A version with its bytes in one kind of array, whichever the driver gave. */
const withBuffers = (version: CredentialVersionModel | null) =>
  version && { ...version, wrappedKey: Buffer.from(version.wrappedKey), ciphertext: Buffer.from(version.ciphertext) };

const withBuffersIn = (found: readonly OpenableCredential[] | null) =>
  found?.map(({ credential, version }) => ({ credential, version: withBuffers(version) })) ?? null;

async function openFilledStore() {
  const database = await openTestDatabase();
  await sealCredentials(database, createEnvelope(createTestRing()), 5);
  await database.client.credential.updateMany({ where: { label: "label 1" }, data: { lastUsedAt: new Date() } });
  const credentials = await database.client.credential.findMany({ orderBy: { id: "asc" } });
  const versions = await database.client.credentialVersion.findMany();
  const all = credentials.map((credential) => {
    const version = versions.find(({ credentialId }) => credentialId === credential.id) ?? null;
    return { credential, version: withBuffers(version) };
  });
  const [first] = all;
  if (first === undefined) throw new Error("there must be a credential");
  return { database, all, first };
}

test("the prepared reads of hot paths give what the query builder gives", async () => {
  const { database, all, first } = await openFilledStore();
  const { ownerKey, connectorId, project, label, id } = first.credential;
  const openable = new OpenableCredentialRepository(database);
  const owned = async (...args: Parameters<typeof openable.findOwned>) => withBuffersIn(await openable.findOwned(...args));

  expect(await owned(ownerKey, {})).toEqual(all);
  expect(await owned(ownerKey, { connectorId, project, label })).toEqual([first]);
  expect(await owned(ownerKey, { connectorId, projects: [project, "other"] })).toEqual(all);
  expect(await owned(ownerKey, { connectorId, projects: ["other"] })).toEqual([]);
  expect(await owned("nobody", { connectorId })).toEqual([]);
  expect(await owned(ownerKey, { label: "x' OR '1'='1" })).toEqual([]);
  const found = await openable.findById(id);
  expect(withBuffersIn(found && [found])).toEqual([first]);
  expect(await openable.findById("credential_none")).toBeNull();

  const repository = new CredentialRepository(database);
  expect(withBuffers(await repository.findVersion(first.credential))).toEqual(first.version);
  expect(await repository.findVersion({ id, version: 2 })).toBeNull();
});

test("a list, its versions and its tests are read as the query builder reads them, wherever the process is", async () => {
  const zone = process.env.TZ;
  process.env.TZ = "Asia/Tokyo";
  onTestFinished(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });
  const { database, all, first } = await openFilledStore();
  const repository = new CredentialRepository(database);
  const credentials = all.map(({ credential }) => credential);
  const { id, connectorId, ownerKey, project } = first.credential;
  const scope = { ownerKeys: [ownerKey] };
  expect(await repository.findPage(scope, {}, 2, null)).toEqual(credentials.slice(0, 2));
  expect(await repository.findPage(scope, { connectorId, project }, 9, id)).toEqual(credentials.slice(1));
  expect(await repository.findPage(scope, { project: "none" }, 9, null)).toEqual([]);
  expect(await repository.findPage({ limits: { connectors: [], projects: [], usernames: [] } }, {}, 9, null)).toEqual(
    credentials,
  );
  const versions = (await repository.findVersions(credentials)).map(withBuffers);
  expect(versions).toEqual(expect.arrayContaining(all.map(({ version }) => version)));

  const test = { credentialId: id, connectorId, userId: ownerKey, outcome: "PASSED", stage: "READ", code: null } as const;
  const rows = ["test_1", "test_2"].map((name) => ({
    id: name,
    ...test,
    message: "m",
    details: "{}",
    durationMs: 3,
    testedAt: new Date(),
  }));
  await database.client.connectionTest.createMany({ data: rows });
  expect(await repository.findTests(["test_2", "test_1", "x"])).toEqual(expect.arrayContaining(rows));
  expect(await repository.findTests([])).toEqual([]);
});

test("a credential whose version is missing is found without it", async () => {
  const { database, first } = await openFilledStore();
  await database.client.credentialVersion.deleteMany({ where: { credentialId: first.credential.id } });
  const openable = new OpenableCredentialRepository(database);
  expect(await openable.findById(first.credential.id)).toEqual({ credential: first.credential, version: null });
});

test("a user's credentials are found by name, those of nobody and of a disabled user are not", async () => {
  const { database, all, first } = await openFilledStore();
  const { ownerKey, project } = first.credential;
  await database.client.user.update({ where: { id: ownerKey }, data: { canonicalName: "jane" } });
  const openable = new OpenableCredentialRepository(database);
  const named = async (...args: Parameters<typeof openable.findNamed>) => withBuffersIn(await openable.findNamed(...args));

  expect(await named("jane", {})).toEqual(all);
  expect(await named("jane", { project: "none" })).toEqual([]);
  expect(await named("jane", { projects: [project] })).toEqual(all.filter(({ credential }) => credential.project === project));
  expect(await named("nobody", {})).toBeNull();
  await database.client.user.update({ where: { id: ownerKey }, data: { isActive: false } });
  expect(await named("jane", {})).toBeNull();
});

test("by id, a scope finds what the query builder finds in it", async () => {
  const { database, first } = await openFilledStore();
  const { id, ownerKey, connectorId, project } = first.credential;
  await database.client.user.update({ where: { id: ownerKey }, data: { canonicalName: "jane" } });
  const repository = new CredentialRepository(database);
  const openable = new OpenableCredentialRepository(database);
  const unlimited = { connectors: [], projects: [], usernames: [] };
  const scopes: CredentialScope[] = [
    { ownerKeys: [ownerKey] },
    { ownerKeys: ["other", ownerKey] },
    { ownerKeys: ["other"] },
    { ownerKeys: [] },
    { limits: unlimited },
    { limits: { connectors: [connectorId], projects: [project], usernames: ["jane"] } },
    { limits: { ...unlimited, connectors: ["other"] } },
    { limits: { ...unlimited, projects: ["other"] } },
    { limits: { ...unlimited, usernames: ["other"] } },
  ];
  const found = [];
  for (const scope of scopes) {
    const [expected] = await repository.findMany(scope, [id]);
    const openableOne = await openable.findInScope(scope, id);
    expect(openableOne?.credential).toEqual(expected);
    found.push(expected !== undefined);
  }
  expect(found).toEqual([true, true, false, false, true, true, false, false, false]);
});
