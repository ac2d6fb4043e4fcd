import { expect, test } from "vitest";
import { CredentialRepository } from "../../src/credentials/credential.repository.ts";
import type { CredentialVersionModel } from "../../src/database/generated/sqlite/models.ts";
import { createEnvelope } from "../../src/keys/envelope.ts";
import { openTestDatabase } from "../support/database.ts";
import { createTestRing } from "../support/key-ring.ts";
import { sealCredentials } from "../support/sealed-credentials.ts";

/** A version with its bytes in one kind of array, whichever the driver gave. */
const withBuffers = (version: CredentialVersionModel | null) =>
  version && { ...version, wrappedKey: Buffer.from(version.wrappedKey), ciphertext: Buffer.from(version.ciphertext) };

test("the prepared reads of hot paths give what the query builder gives", async () => {
  const database = await openTestDatabase();
  await sealCredentials(database, createEnvelope(createTestRing()), 5);
  const repository = new CredentialRepository(database);
  const all = await database.client.credential.findMany({ orderBy: { id: "asc" } });
  const [first] = all;
  if (first === undefined) throw new Error("there must be a credential");
  const { ownerKey, connectorId, project, label } = first;

  expect(await repository.findCandidates(ownerKey, {})).toEqual(all);
  expect(await repository.findCandidates(ownerKey, { connectorId, project, label })).toEqual([first]);
  expect(await repository.findCandidates(ownerKey, { connectorId }, [project, "other"])).toEqual(all);
  expect(await repository.findCandidates(ownerKey, { connectorId }, ["other"])).toEqual([]);
  expect(await repository.findCandidates("nobody", { connectorId })).toEqual([]);
  expect(await repository.findCandidates(ownerKey, { label: "x' OR '1'='1" })).toEqual([]);

  const version = await database.client.credentialVersion.findFirstOrThrow({ where: { credentialId: first.id } });
  expect(withBuffers(await repository.findVersion(first))).toEqual(withBuffers(version));
  expect(await repository.findVersion({ id: first.id, version: 2 })).toBeNull();
});
