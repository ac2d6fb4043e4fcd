import type { Viewer } from "../access/viewer.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Connector, FieldValues } from "../connectors/connector.ts";
import { isUniqueViolation, type Transaction } from "../database/database.ts";
import type { ConnectionTestModel, CredentialModel, CredentialVersionModel } from "../database/generated/sqlite/models.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import { type CredentialKey, type CredentialRepository, defaultKeyOf } from "./credential.repository.ts";
import { savedMeanwhile } from "./credential-conflicts.ts";
import type { CredentialValues } from "./credential-values.ts";

/** Versions of a credential that are kept; the wrapped keys of older ones are deleted. */
const KEPT_VERSIONS = 10;

/** One save on its way into the store, its values valid. */
export type Save = {
  readonly ownerId: string | null;
  readonly key: CredentialKey;
  readonly stored: CredentialModel | null;
  readonly connector: Connector;
  readonly values: FieldValues;
  readonly test: ConnectionTestModel | null;
  readonly isDefault: boolean | null;
  /** The version whose values these are, when an older one comes back. */
  readonly restoredFrom?: number;
};

/** A save with its secrets sealed: only rows are left to be written. */
export type SealedSave = {
  readonly credential: CredentialModel;
  readonly version: CredentialVersionModel;
  readonly stored: CredentialModel | null;
  readonly test: ConnectionTestModel | null;
  readonly isDefault: boolean | null;
  readonly restoredFrom: number | null;
};

type Dependencies = {
  readonly repository: CredentialRepository;
  readonly values: CredentialValues;
  readonly audit: AuditLog;
  readonly makeId: MakeId;
  readonly clock: Clock;
};

/** The rows of a save: the credential, its new version, the test that allowed it and the audit event, in one transaction. */
export class CredentialWriter {
  readonly #deps: Dependencies;

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  /** Seals the values as the next version of the credential. */
  async seal(viewer: Viewer, save: Save): Promise<SealedSave> {
    const { stored, isDefault, restoredFrom = null } = save;
    const credential = this.#nextCredential(save);
    const version = await this.#deps.values.seal(credential, save.connector, save.values);
    const test = save.test === null ? null : { ...save.test, userId: viewer.id, credentialId: credential.id };
    return { credential, version, stored, test, isDefault, restoredFrom };
  }

  /** Writes the rows, and gives the credential's. @throws {GatewayError} CONFLICT when somebody else saved it meanwhile */
  async write(transaction: Transaction, viewer: Viewer, save: SealedSave): Promise<CredentialModel> {
    const { repository, audit } = this.#deps;
    const { test, version, restoredFrom } = save;
    const credential = { ...save.credential, defaultKey: await this.#chooseDefault(transaction, save) };
    await this.#writeVersion(transaction, credential, version, save.stored);
    if (test !== null) {
      await repository.insertTest(transaction, test);
      await repository.setLastTest(transaction, credential, test.id, credential.status);
    }
    await audit.append(transaction, {
      actor: viewer,
      action: "CREDENTIAL_SAVED",
      target: { type: "Credential", id: credential.id },
      ownerId: credential.ownerId,
      details: {
        connector: credential.connectorId,
        version: credential.version,
        isTested: test !== null,
        ...(restoredFrom === null ? {} : { restoredFrom }),
      },
    });
    return { ...credential, lastTestId: test?.id ?? null };
  }

  #nextCredential({ ownerId, key, stored, test }: Save): CredentialModel {
    const now = this.#deps.clock.now();
    const id = this.#deps.makeId("credential");
    return {
      ...(stored ?? { id, ownerId, ...key, defaultKey: null, lastTestId: null, lastUsedAt: null, createdAt: now }),
      status: test === null ? "UNTESTED" : "VALID",
      version: (stored?.version ?? 0) + 1,
      updatedAt: now,
    };
  }

  /** The first credential of a connector becomes the default unasked; `true` takes the default from another. */
  async #chooseDefault(transaction: Transaction, { credential, stored, isDefault }: SealedSave): Promise<string | null> {
    if (isDefault === false) return null;
    if (isDefault === true) {
      await this.#deps.repository.clearDefault(transaction, credential);
      return defaultKeyOf(credential);
    }
    if (stored !== null) return stored.defaultKey;
    return (await this.#deps.repository.hasDefault(transaction, credential)) ? null : defaultKeyOf(credential);
  }

  async #writeVersion(
    transaction: Transaction,
    credential: CredentialModel,
    version: CredentialVersionModel,
    stored: CredentialModel | null,
  ): Promise<void> {
    const { repository } = this.#deps;
    try {
      if (stored === null) return await repository.insert(transaction, credential, version);
      if (await repository.replace(transaction, stored.version, credential, version, KEPT_VERSIONS)) return;
    } catch (error) {
      throw isUniqueViolation(error) ? savedMeanwhile(error) : error;
    }
    throw savedMeanwhile();
  }
}
