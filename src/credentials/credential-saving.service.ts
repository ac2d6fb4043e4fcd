import { requirePermission, requireUser, type Viewer } from "../access/viewer.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Connector, ConnectorRegistry, FieldValues } from "../connectors/connector.ts";
import { type Database, isUniqueViolation, type Transaction } from "../database/database.ts";
import type { ConnectionTestModel, CredentialModel, CredentialVersionModel } from "../database/generated/sqlite/models.ts";
import { badInput, GatewayError, notFound, type PersonError } from "../errors.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import { type ConnectionTestService, errorsOf, toPersonErrors } from "./connection-test.service.ts";
import { type CredentialKey, type CredentialRepository, defaultKeyOf, SYSTEM_OWNER } from "./credential.repository.ts";
import type { CredentialValues } from "./credential-values.ts";
import { type FieldInput, mergeFields } from "./field-input.ts";

/** Versions of a credential that are kept; the wrapped keys of older ones are deleted. */
const KEPT_VERSIONS = 10;
/** Longest project or label, in UTF-16 units. */
const MAX_NAME_LENGTH = 100;

export type SaveInput = {
  readonly connector: string;
  readonly project?: string | null | undefined;
  readonly label?: string | null | undefined;
  readonly fields: readonly FieldInput[];
  readonly isDefault?: boolean | null | undefined;
  readonly test?: boolean | null | undefined;
  /** What must be there: the credential with this id, or nothing when null; left out, either will do. */
  readonly replaces?: string | null | undefined;
};

export type SaveResult = {
  readonly credential: CredentialModel | null;
  readonly connectionTest: ConnectionTestModel | null;
  readonly userErrors: readonly PersonError[];
};

/** One save on its way into the store. */
type Save = {
  readonly ownerId: string | null;
  readonly key: CredentialKey;
  readonly stored: CredentialModel | null;
  readonly connector: Connector;
  readonly values: FieldValues;
  readonly test: ConnectionTestModel | null;
  readonly isDefault: boolean | null;
};

type Dependencies = {
  readonly database: Database;
  readonly repository: CredentialRepository;
  readonly values: CredentialValues;
  readonly tests: ConnectionTestService;
  readonly connectors: ConnectorRegistry;
  readonly audit: AuditLog;
  readonly onChanged: (credentialId: string) => Promise<void>;
  readonly makeId: MakeId;
  readonly clock: Clock;
};

function parseName(field: "project" | "label", value: string): string {
  if (value.length > MAX_NAME_LENGTH) throw badInput(field, `${field} may have at most ${MAX_NAME_LENGTH} characters.`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(value)) throw badInput(field, `${field} may not contain control characters.`);
  return value.trim();
}

/** @throws {GatewayError} CONFLICT when there is a credential where none should be, NOT_FOUND when the one to replace is gone */
function requireReplaced(stored: CredentialModel | null, replaces: string | null | undefined): void {
  if (replaces === null && stored !== null) {
    throw new GatewayError("CONFLICT", "There is a credential of that connector, project and label already.");
  }
  if (replaces != null && stored?.id !== replaces) throw notFound("credential");
}

/**
 * Owns the writing of credentials. Invariant: what fails its test is not stored, and the version that was in use stays
 * in use; version, test and audit event are stored together or not at all.
 */
export class CredentialSavingService {
  readonly #deps: Dependencies;

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  /** Creates the viewer's credential or a new version of it, tested first unless `test` is false. */
  save(viewer: Viewer, input: SaveInput): Promise<SaveResult> {
    const user = requireUser(viewer, "credential:write");
    return this.#save(user, user.id, input);
  }

  /** The same for the system default that users without a credential of their own fall back to. */
  saveSystemDefault(viewer: Viewer, input: SaveInput): Promise<SaveResult> {
    requirePermission(viewer, "system-credential:write");
    return this.#save(viewer, null, input);
  }

  async #save(viewer: Viewer, ownerId: string | null, input: SaveInput): Promise<SaveResult> {
    const connector = this.#requireConnector(input.connector);
    const key: CredentialKey = {
      ownerKey: ownerId ?? SYSTEM_OWNER,
      connectorId: connector.id,
      project: parseName("project", input.project ?? ""),
      label: parseName("label", input.label ?? "default") || "default",
    };
    const stored = await this.#deps.repository.findByKey(key);
    requireReplaced(stored, input.replaces);
    const parsed = connector.parseFields(mergeFields(await this.#storedValues(stored, input), input.fields));
    if (!parsed.ok) {
      const connectionTest = this.#deps.tests.invalidFields(connector, parsed.problems);
      return this.#refuse(viewer, connector, connectionTest, toPersonErrors(parsed.problems));
    }
    const test = input.test === false ? null : await this.#deps.tests.tryValues(connector, parsed.values);
    if (test?.outcome === "FAILED") return this.#refuse(viewer, connector, test, errorsOf(test));
    return this.#store(viewer, {
      ownerId,
      key,
      stored,
      connector,
      values: parsed.values,
      test,
      isDefault: input.isDefault ?? null,
    });
  }

  #requireConnector(id: string): Connector {
    const connector = this.#deps.connectors.find(id);
    if (connector !== null) return connector;
    const known = this.#deps.connectors.all.map((each) => each.id).join(", ");
    throw badInput("connector", `There is no such connector. Known are: ${known}.`);
  }

  /** What the fields left out keep; an unreadable version keeps nothing, so that saving all fields anew mends it. */
  async #storedValues(stored: CredentialModel | null, input: SaveInput): Promise<FieldValues> {
    if (stored === null) return {};
    try {
      return await this.#deps.values.open(stored, await this.#deps.repository.findVersion(stored));
    } catch (error) {
      if (!(error instanceof GatewayError && error.code === "INTEGRITY_ERROR") || input.fields.length === 0) throw error;
      return {};
    }
  }

  async #refuse(
    viewer: Viewer,
    connector: Connector,
    test: ConnectionTestModel,
    userErrors: readonly PersonError[],
  ): Promise<SaveResult> {
    const { database, repository, audit } = this.#deps;
    const connectionTest = { ...test, userId: viewer.id };
    await database.transaction(async (transaction) => {
      await repository.insertTest(transaction, connectionTest);
      await audit.append(transaction, {
        actor: viewer,
        action: "CREDENTIAL_SAVED",
        outcome: "FAILED",
        details: { connector: connector.id, stage: test.stage, code: test.code },
      });
    });
    return { credential: null, connectionTest, userErrors };
  }

  async #store(viewer: Viewer, save: Save): Promise<SaveResult> {
    const credential = this.#nextCredential(save);
    const version = await this.#deps.values.seal(credential, save.connector, save.values);
    const connectionTest = save.test === null ? null : { ...save.test, userId: viewer.id, credentialId: credential.id };
    try {
      const saved = await this.#deps.database.transaction(async (transaction) => {
        const defaultKey = await this.#chooseDefault(transaction, credential, save.stored, save.isDefault);
        const row = { ...credential, defaultKey };
        await this.#write(transaction, row, version, save.stored);
        if (connectionTest !== null) {
          await this.#deps.repository.insertTest(transaction, connectionTest);
          await this.#deps.repository.setLastTest(transaction, credential.id, connectionTest.id, credential.status);
        }
        await this.#deps.audit.append(transaction, {
          actor: viewer,
          action: "CREDENTIAL_SAVED",
          target: { type: "Credential", id: credential.id },
          ownerId: credential.ownerId,
          details: { connector: credential.connectorId, version: credential.version, isTested: connectionTest !== null },
        });
        return row;
      });
      await this.#deps.onChanged(saved.id);
      return { credential: { ...saved, lastTestId: connectionTest?.id ?? null }, connectionTest, userErrors: [] };
    } catch (error) {
      if (isUniqueViolation(error)) throw this.#conflict(error);
      throw error;
    }
  }

  #nextCredential({ ownerId, key, stored, test }: Pick<Save, "ownerId" | "key" | "stored" | "test">): CredentialModel {
    const now = this.#deps.clock.now();
    const id = this.#deps.makeId("credential");
    return {
      ...(stored ?? { id, ownerId, ...key, defaultKey: null, lastTestId: null, createdAt: now }),
      status: test === null ? "UNTESTED" : "VALID",
      version: (stored?.version ?? 0) + 1,
      updatedAt: now,
    };
  }

  /** The first credential of a connector becomes the default unasked; `true` takes the default from another. */
  async #chooseDefault(
    transaction: Transaction,
    credential: CredentialModel,
    stored: CredentialModel | null,
    isDefault: boolean | null,
  ): Promise<string | null> {
    if (isDefault === false) return null;
    if (isDefault === true) {
      await this.#deps.repository.clearDefault(transaction, credential);
      return defaultKeyOf(credential);
    }
    if (stored !== null) return stored.defaultKey;
    return (await this.#deps.repository.hasDefault(transaction, credential)) ? null : defaultKeyOf(credential);
  }

  async #write(
    transaction: Transaction,
    credential: CredentialModel,
    version: CredentialVersionModel,
    stored: CredentialModel | null,
  ): Promise<void> {
    if (stored === null) return this.#deps.repository.insert(transaction, credential, version);
    const isReplaced = await this.#deps.repository.replace(transaction, stored.version, credential, version, KEPT_VERSIONS);
    if (!isReplaced) throw this.#conflict();
  }

  #conflict(cause?: unknown): GatewayError {
    return new GatewayError("CONFLICT", "The credential was saved by somebody else meanwhile. Look at it and save again.", {
      cause,
    });
  }
}
