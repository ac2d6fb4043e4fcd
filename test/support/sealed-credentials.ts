import { credentialSealContext } from "../../src/credentials/credential.sealing.ts";
import { createCredentialVersionSource } from "../../src/credentials/credential-version.sealed-source.ts";
import type { Database } from "../../src/database/database.ts";
import type { CredentialModel, CredentialVersionModel } from "../../src/database/generated/sqlite/models.ts";
import { createKeyCheckRepository } from "../../src/database/key-check.repository.ts";
import { makeId, systemClock } from "../../src/identifiers.ts";
import { createEnvelope, type Envelope } from "../../src/keys/envelope.ts";
import type { KeyRing } from "../../src/keys/key-ring.ts";
import { createKeyRotation, type KeyRotation } from "../../src/keys/rotation.ts";

/** The secret that `sealCredentials` gives the credential of this id. */
function secretOf(credentialId: string): string {
  return `secret of ${credentialId}`;
}

/** Stores credentials of a new user, each with one sealed version, straight in the tables. */
export async function sealCredentials(database: Database, envelope: Envelope, count: number): Promise<void> {
  const now = systemClock.now();
  const userId = makeId("user");
  const user = { id: userId, username: userId, canonicalName: userId, createdAt: now, updatedAt: now };
  const credentials: CredentialModel[] = [];
  const versions: CredentialVersionModel[] = [];
  for (let index = 0; index < count; index += 1) {
    const credential: CredentialModel = {
      id: makeId("credential"),
      ownerId: userId,
      ownerKey: userId,
      connectorId: "odoo",
      project: "default",
      label: `label ${index}`,
      defaultKey: null,
      status: "UNTESTED",
      version: 1,
      lastTestId: null,
      lastUsedAt: null,
      createdAt: now,
      updatedAt: now,
    };
    const described = { version: 1, publicFields: '{"url":"http://localhost"}', secretNames: '["password"]' };
    const sealed = await envelope.seal(credentialSealContext(credential, described), Buffer.from(secretOf(credential.id)));
    credentials.push(credential);
    versions.push({ id: makeId("version"), credentialId: credential.id, ...described, ...sealed, createdAt: now });
  }
  await database.transaction(async (transaction) => {
    await transaction.user.create({ data: user });
    await transaction.credential.createMany({ data: credentials });
    await transaction.credentialVersion.createMany({ data: versions });
  });
}

type StoredVersion = CredentialVersionModel & { readonly credential: CredentialModel };

async function openOwn({ credential, ...version }: StoredVersion, envelope: Envelope): Promise<void> {
  const plaintext = await envelope.open(credentialSealContext(credential, version), version);
  if (plaintext.toString() !== secretOf(credential.id)) throw new Error(`${credential.id} opened as another's secret`);
}

/** Opens every stored version, and gives how many there are under each key; throws for one that is not its own secret. */
export async function openAll(database: Database, envelope: Envelope): Promise<Record<string, number>> {
  const rows = await database.client.credentialVersion.findMany({ include: { credential: true } });
  const counts: Record<string, number> = {};
  for (const row of rows) {
    await openOwn(row, envelope);
    counts[row.keyId] = (counts[row.keyId] ?? 0) + 1;
  }
  return counts;
}

/** Opens the oldest and the newest stored versions, `count` of each, as `openAll` does. */
export async function openSome(database: Database, envelope: Envelope, count: number): Promise<void> {
  for (const order of ["asc", "desc"] as const) {
    const rows = await database.client.credentialVersion.findMany({
      include: { credential: true },
      orderBy: { id: order },
      take: count,
    });
    for (const row of rows) await openOwn(row, envelope);
  }
}

/** For the removal of a key that nobody is told of. */
export const unrecorded = async (): Promise<void> => {};

/** A rotation over the credential versions of a store; nothing is waited for. */
export function createTestRotation(
  database: Database,
  ring: KeyRing,
  onProgress: (line: string) => void = () => {},
): KeyRotation {
  return createKeyRotation({
    ring,
    envelope: createEnvelope(ring),
    sources: [createCredentialVersionSource(database)],
    checks: createKeyCheckRepository(database, systemClock),
    onProgress,
    sleep: async () => {},
  });
}
