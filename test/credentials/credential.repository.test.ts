import { expect, onTestFinished, test } from "vitest";
import {
  type CredentialFilter,
  CredentialRepository,
  type CredentialScope,
} from "../../src/credentials/credential.repository.ts";
import { CredentialPageRepository } from "../../src/credentials/credential-page.repository.ts";
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
  const { id, connectorId, ownerKey, project } = first.credential;
  const scope = { ownerKeys: [ownerKey] };
  const test = { credentialId: id, connectorId, userId: ownerKey, outcome: "PASSED", stage: "READ", code: null } as const;
  const tests = ["test_1", "test_2"].map((name) => ({
    id: name,
    ...test,
    message: "m",
    details: "{}",
    durationMs: 3,
    testedAt: new Date(),
  }));
  await database.client.connectionTest.createMany({ data: tests });
  await database.client.credential.update({ where: { id }, data: { lastTestId: "test_1" } });
  const credentials = await database.client.credential.findMany({ orderBy: { id: "asc" } });
  expect(await repository.findTests(["test_2", "test_1", "x"])).toEqual(expect.arrayContaining(tests));
  expect(await repository.findTests([])).toEqual([]);

  const pages = new CredentialPageRepository(database);
  const find = async (scope: CredentialScope, filter: CredentialFilter = {}, take = 9, afterId: string | null = null) => {
    const whole = await pages.find({ scope, filter, take, afterId }, "WHOLE");
    const summaries = await pages.find({ scope, filter, take, afterId }, "SUMMARY");
    const names = ["id", "ownerKey", "connectorId", "project", "label", "status", "version", "lastTestId"] as const;
    const summarised = summaries.map(({ credential, ...beside }) => ({
      ...beside,
      credential: Object.fromEntries(names.map((name) => [name, credential[name]])),
    }));
    expect(whole).toMatchObject(summarised);
    return whole.map(({ credential }) => credential);
  };
  expect(await find(scope, {}, 2)).toEqual(credentials.slice(0, 2));
  expect(await find(scope, { connectorId, project }, 9, id)).toEqual(credentials.slice(1));
  expect(await find(scope, { project: "none" })).toEqual([]);
  expect(await find({ limits: { connectors: [], projects: [], usernames: [] } })).toEqual(credentials);

  const versions = await repository.findVersions(credentials);
  const printless = versions.map(({ print: _print, ...version }) => withBuffers(version));
  expect(printless).toEqual(expect.arrayContaining(all.map(({ version }) => version)));
  const page = await pages.findWhole({ scope, filter: {}, take: 9, afterId: null });
  const shown = tests.map(({ credentialId: _credential, connectorId: _connector, userId: _user, ...rest }) => rest);
  expect(page.map(({ lastTest }) => lastTest)).toEqual([shown[0], ...credentials.slice(1).map(() => null)]);
  expect(page.map(({ print }) => print)).toEqual(
    credentials.map((credential) => versions.find((version) => version.credentialId === credential.id)?.print),
  );
});

test("the print of a version differs when any byte differs that it is opened by, or passes to the next column", async () => {
  const { database, first } = await openFilledStore();
  const { id } = first.credential;
  const repository = new CredentialRepository(database);
  const printed = async (data: object) => {
    await database.client.credentialVersion.updateMany({ where: { credentialId: id }, data });
    return (await repository.findVersions([{ id }]))[0]?.print;
  };
  const [wrappedKey, ciphertext] = [Uint8Array.from([1, 2]), Uint8Array.from([3])];
  const prints = [
    await printed({}),
    await printed({ keyId: "k.1", secretNames: "s", publicFields: "p", wrappedKey, ciphertext }),
    await printed({ keyId: "k", secretNames: ".1s" }),
    await printed({ secretNames: ".1", publicFields: "sp" }),
    await printed({ publicFields: "sé" }),
    await printed({ wrappedKey: Uint8Array.from([1]), ciphertext: Uint8Array.from([2, 3]) }),
    await printed({ ciphertext: Uint8Array.from([2, 4]) }),
  ];
  expect(new Set(prints).size).toBe(prints.length);
  expect(await printed({})).toBe(prints.at(-1));
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
