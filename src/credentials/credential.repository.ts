import type { Database, Transaction } from "../database/database.ts";
import type { CredentialStatus } from "../database/generated/sqlite/client.ts";
import type { ConnectionTestModel, CredentialModel, CredentialVersionModel } from "../database/generated/sqlite/models.ts";

/** What makes a credential unique. */
export type CredentialKey = Pick<CredentialModel, "ownerKey" | "connectorId" | "project" | "label">;

export type CredentialFilter = { readonly connectorId?: string | undefined; readonly project?: string | undefined };

/** Owner key of the system defaults. */
export const SYSTEM_OWNER = "system";

/** The `defaultKey` of the one default of an owner and connector. */
export function defaultKeyOf(credential: Pick<CredentialModel, "ownerKey" | "connectorId">): string {
  return `${credential.ownerKey}:${credential.connectorId}`;
}

function whereOf(ownerKeys: readonly string[], filter: CredentialFilter) {
  return {
    ownerKey: { in: [...ownerKeys] },
    ...(filter.connectorId === undefined ? {} : { connectorId: filter.connectorId }),
    ...(filter.project === undefined ? {} : { project: filter.project }),
  };
}

/** Rows of credentials, their versions and connection tests. Every read is limited by owner keys in the query itself. */
export class CredentialRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  findByKey(key: CredentialKey): Promise<CredentialModel | null> {
    const { ownerKey, connectorId, project, label } = key;
    return this.#database.client.credential.findUnique({
      where: { ownerKey_connectorId_project_label: { ownerKey, connectorId, project, label } },
    });
  }

  /** Those of the ids that belong to the owners, in any order. */
  findMany(ownerKeys: readonly string[], ids: readonly string[]): Promise<CredentialModel[]> {
    return this.#database.client.credential.findMany({ where: { id: { in: [...ids] }, ownerKey: { in: [...ownerKeys] } } });
  }

  /** Whose it is does not matter to Postern's own work. */
  findById(id: string): Promise<CredentialModel | null> {
    return this.#database.client.credential.findUnique({ where: { id } });
  }

  /** What an owner has for a connector, oldest first; beyond a hundred, nobody could tell which was meant. */
  findCandidates(ownerKey: string, filter: CredentialFilter & { readonly label?: string | undefined }) {
    return this.#database.client.credential.findMany({
      where: { ...whereOf([ownerKey], filter), ...(filter.label === undefined ? {} : { label: filter.label }) },
      orderBy: { id: "asc" },
      take: 100,
    });
  }

  findPage(ownerKeys: readonly string[], filter: CredentialFilter, take: number, afterId: string | null) {
    return this.#database.client.credential.findMany({
      where: { ...whereOf(ownerKeys, filter), ...(afterId === null ? {} : { id: { gt: afterId } }) },
      orderBy: { id: "asc" },
      take,
    });
  }

  count(ownerKeys: readonly string[], filter: CredentialFilter): Promise<number> {
    return this.#database.client.credential.count({ where: whereOf(ownerKeys, filter) });
  }

  /** The version in use of a credential. */
  findVersion(credential: Pick<CredentialModel, "id" | "version">): Promise<CredentialVersionModel | null> {
    return this.#database.client.credentialVersion.findUnique({
      where: { credentialId_version: { credentialId: credential.id, version: credential.version } },
    });
  }

  /** The versions in use of many credentials, one query. */
  findVersions(credentials: readonly Pick<CredentialModel, "id" | "version">[]): Promise<CredentialVersionModel[]> {
    return this.#database.client.credentialVersion.findMany({
      where: { OR: credentials.map(({ id, version }) => ({ credentialId: id, version })) },
    });
  }

  /** When each kept version of the credentials was saved, newest first. */
  findHistories(credentialIds: readonly string[]) {
    return this.#database.client.credentialVersion.findMany({
      where: { credentialId: { in: [...credentialIds] } },
      orderBy: { version: "desc" },
      select: { credentialId: true, version: true, createdAt: true },
    });
  }

  async insert(transaction: Transaction, credential: CredentialModel, version: CredentialVersionModel): Promise<void> {
    // The test that allowed the save refers to the credential and comes after it.
    await transaction.credential.create({ data: { ...credential, lastTestId: null } });
    await transaction.credentialVersion.create({ data: version });
  }

  /** Stores a new version over `expectedVersion`; false when somebody else saved first. */
  async replace(
    transaction: Transaction,
    expectedVersion: number,
    credential: CredentialModel,
    version: CredentialVersionModel,
    keptVersions: number,
  ): Promise<boolean> {
    const { id, status, defaultKey, updatedAt } = credential;
    const { count } = await transaction.credential.updateMany({
      where: { id, version: expectedVersion },
      // The last test was of the version before; the caller sets the one that this version passed.
      data: { version: credential.version, status, defaultKey, updatedAt, lastTestId: null },
    });
    if (count === 0) return false;
    await transaction.credentialVersion.create({ data: version });
    await transaction.credentialVersion.deleteMany({
      where: { credentialId: id, version: { lte: credential.version - keptVersions } },
    });
    return true;
  }

  /** Takes the default from whichever credential of the owner and connector has it. */
  async clearDefault(transaction: Transaction, key: Pick<CredentialKey, "ownerKey" | "connectorId">): Promise<void> {
    await transaction.credential.updateMany({ where: { defaultKey: defaultKeyOf(key) }, data: { defaultKey: null } });
  }

  async hasDefault(transaction: Transaction, key: Pick<CredentialKey, "ownerKey" | "connectorId">): Promise<boolean> {
    return (await transaction.credential.count({ where: { defaultKey: defaultKeyOf(key) } })) > 0;
  }

  /** Deletes the credential with all versions, so their wrapped keys are gone; false when it was gone already. */
  async delete(transaction: Transaction, id: string): Promise<boolean> {
    const { count } = await transaction.credential.deleteMany({ where: { id } });
    return count > 0;
  }

  async insertTest(transaction: Transaction, test: ConnectionTestModel): Promise<void> {
    await transaction.connectionTest.create({ data: test });
  }

  /** Marks a stored test as the credential's last, with the status that follows from it. */
  async setLastTest(transaction: Transaction, credentialId: string, testId: string, status: CredentialStatus): Promise<void> {
    await transaction.credential.updateMany({ where: { id: credentialId }, data: { lastTestId: testId, status } });
  }

  async setStatus(credentialId: string, status: CredentialStatus): Promise<void> {
    await this.#database.client.credential.updateMany({ where: { id: credentialId, status: { not: status } }, data: { status } });
  }

  findTests(ids: readonly string[]): Promise<ConnectionTestModel[]> {
    return this.#database.client.connectionTest.findMany({ where: { id: { in: [...ids] } } });
  }
}
