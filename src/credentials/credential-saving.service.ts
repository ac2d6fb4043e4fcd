import { isDeepStrictEqual } from "node:util";
import { requireRecentAuthenticationInBrowser } from "../access/reauthentication.ts";
import { requirePermission, requireUser, type Viewer } from "../access/viewer.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Connector, ConnectorRegistry, FieldProblem, FieldValues } from "../connectors/connector.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { ConnectionTestModel, CredentialModel } from "../database/generated/sqlite/models.ts";
import { badInput, isIntegrityError, notFound, type PersonError } from "../errors.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import { type ConnectionTestService, errorsOf, toPersonErrors } from "./connection-test.service.ts";
import { type CredentialKey, type CredentialRepository, SYSTEM_OWNER } from "./credential.repository.ts";
import { credentialExists, savedMeanwhile } from "./credential-conflicts.ts";
import { parseLabel, parseProject } from "./credential-name.ts";
import { visibleScope } from "./credential-resolution.ts";
import type { CredentialValues } from "./credential-values.ts";
import { CredentialWriter, type Save } from "./credential-writer.ts";
import { type FieldInput, mergeFields } from "./field-input.ts";
import { requireConnector } from "./required-connector.ts";

export type SaveInput = {
  readonly connector: string;
  readonly project?: string | null | undefined;
  readonly label?: string | null | undefined;
  readonly fields: readonly FieldInput[];
  readonly isDefault?: boolean | null | undefined;
  readonly test?: boolean | null | undefined;
  /** What must be there: the credential with this id, or nothing when null; left out, either will do. */
  readonly replaces?: string | null | undefined;
  /** The version that must be in use of what is stored; left out, any will do. */
  readonly replacesVersion?: number | null | undefined;
};

export type RestoreInput = {
  readonly id: string;
  /** One of the versions that are kept. */
  readonly version: number;
  readonly test?: boolean | null | undefined;
};

export type SaveResult = {
  readonly credential: CredentialModel | null;
  readonly connectionTest: ConnectionTestModel | null;
  readonly userErrors: readonly PersonError[];
};

/** What an import will do with a credential, once it is written. */
export type PlannedSave = { readonly change: "CREATE" | "REPLACE" | "KEEP"; readonly save: Save };

/** A save whose values the connector takes, with those that are stored. */
type WantedSave = { readonly ok: true; readonly before: FieldValues; readonly save: Save };

/** The same, or what is wrong with the values. */
type ReadSave = WantedSave | { readonly ok: false; readonly connector: Connector; readonly problems: readonly FieldProblem[] };

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

/**
 * @throws {GatewayError} CONFLICT when there is a credential where none should be, or another version than the one meant is in
 * use; NOT_FOUND when the one to replace is gone
 */
function requireReplaced(stored: CredentialModel | null, { replaces, replacesVersion }: SaveInput): void {
  if (replaces === null && stored !== null) throw credentialExists();
  if (replaces != null && stored?.id !== replaces) throw notFound("credential");
  if (replacesVersion != null && stored?.version !== replacesVersion) throw savedMeanwhile();
}

/** True when a stored secret that is not given anew would stand beside a readable field, such as its address, that changes. */
function keepsSecretElsewhere({ before, save: { connector, values } }: WantedSave, given: readonly FieldInput[]): boolean {
  const isKept = (name: string) => before[name] !== undefined && !given.some((field) => field.name === name);
  return (
    connector.fields.some(({ name, isSecret }) => isSecret && isKept(name)) &&
    connector.fields.some(({ name, isSecret }) => !isSecret && before[name] !== values[name])
  );
}

/**
 * Owns the writing of credentials. Invariant: what fails its test is not stored, and the version that was in use stays
 * in use; version, test and audit event are stored together or not at all.
 */
export class CredentialSavingService {
  readonly #deps: Dependencies;
  readonly #writer: CredentialWriter;

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
    this.#writer = new CredentialWriter(dependencies);
  }

  /**
   * Creates the viewer's credential or a new version of it, tested first unless `test` is false. In a browser a secret that is
   * kept while what stands beside it changes wants the password just given. @throws {GatewayError} REAUTHENTICATION_REQUIRED
   */
  save(viewer: Viewer, input: SaveInput): Promise<SaveResult> {
    const user = requireUser(viewer, "credential:write");
    return this.#save(user, user.id, input);
  }

  /** The same for the system default that users without a credential of their own fall back to. */
  saveSystemDefault(viewer: Viewer, input: SaveInput): Promise<SaveResult> {
    requirePermission(viewer, "system-credential:write");
    return this.#save(viewer, null, input);
  }

  /**
   * Saves the values of an older version as the newest one, tested first unless `test` is false.
   * @throws {GatewayError} NOT_FOUND, FORBIDDEN, REAUTHENTICATION_REQUIRED; INTEGRITY_ERROR when that version cannot be opened
   */
  async restore(viewer: Viewer, { id, version, test }: RestoreInput): Promise<SaveResult> {
    const user = requireUser(viewer, "credential:write");
    const [stored] = await this.#deps.repository.findMany(visibleScope(user), [id]);
    if (stored === undefined) throw notFound("credential");
    // It sends a secret that the person does not type to the address that stood beside it then.
    await requireRecentAuthenticationInBrowser(user);
    const kept = await this.#deps.repository.findVersion({ id, version });
    if (kept === null) throw notFound("version");
    const connector = requireConnector(this.#deps.connectors, stored.connectorId);
    const before = await this.#deps.values.open(stored, kept);
    const parsed = connector.parseFields(before);
    if (!parsed.ok) return this.#testAndStore(user, { ok: false, connector, problems: parsed.problems }, test);
    const { values } = parsed;
    const common = { ownerId: stored.ownerId, key: stored, stored, connector, values, test: null, isDefault: null };
    return this.#testAndStore(user, { ok: true, before, save: { ...common, restoredFrom: version } }, test);
  }

  /**
   * What taking over a credential of another system would do for a user, or for nobody: a system default. Nothing is
   * tested: its upstream may be away, and it was in use as it is.
   * @throws {GatewayError} BAD_USER_INPUT with every field that is refused
   */
  async planImport(viewer: Viewer, ownerId: string | null, input: SaveInput): Promise<PlannedSave> {
    requirePermission(viewer, "import:run");
    const read = await this.#read(ownerId, input);
    if (!read.ok) throw badInput("fields", read.problems.map(({ field, message }) => `${field}: ${message}`).join(" "));
    const { before, save } = read;
    if (save.stored === null) return { change: "CREATE", save };
    return { change: isDeepStrictEqual(before, save.values) ? "KEEP" : "REPLACE", save };
  }

  /** Seals what was planned; gives what writes it, to be called in a transaction, and what to call once that stands. */
  async prepareImport(viewer: Viewer, { change, save }: PlannedSave) {
    requirePermission(viewer, "import:run");
    if (change === "KEEP") return null;
    const sealed = await this.#writer.seal(viewer, save);
    return {
      write: (transaction: Transaction) => this.#writer.write(transaction, viewer, sealed),
      announce: () => this.#deps.onChanged(sealed.credential.id),
    };
  }

  async #save(viewer: Viewer, ownerId: string | null, input: SaveInput): Promise<SaveResult> {
    const read = await this.#read(ownerId, input);
    // Else a session left open could have the secret sent to any address, which is as good as revealing it.
    if (read.ok && keepsSecretElsewhere(read, input.fields)) await requireRecentAuthenticationInBrowser(viewer);
    return this.#testAndStore(viewer, read, input.test);
  }

  async #testAndStore(viewer: Viewer, read: ReadSave, isTested: boolean | null | undefined): Promise<SaveResult> {
    if (!read.ok) {
      const connectionTest = this.#deps.tests.invalidFields(read.connector, read.problems);
      return this.#refuse(viewer, read.connector, connectionTest, toPersonErrors(read.problems));
    }
    const { connector, values } = read.save;
    const test = isTested === false ? null : await this.#deps.tests.tryValues(viewer, connector, values);
    if (test?.outcome === "FAILED") return this.#refuse(viewer, connector, test, errorsOf(test));
    return this.#store(viewer, { ...read.save, test });
  }

  async #read(ownerId: string | null, input: SaveInput): Promise<ReadSave> {
    const connector = requireConnector(this.#deps.connectors, input.connector);
    const key: CredentialKey = {
      ownerKey: ownerId ?? SYSTEM_OWNER,
      connectorId: connector.id,
      project: parseProject(input.project),
      label: parseLabel(input.label),
    };
    const stored = await this.#deps.repository.findByKey(key);
    requireReplaced(stored, input);
    const before = await this.#storedValues(stored, input);
    const parsed = connector.parseFields(mergeFields(before, input.fields));
    if (!parsed.ok) return { ok: false, connector, problems: parsed.problems };
    const { isDefault = null } = input;
    return { ok: true, before, save: { ownerId, key, stored, connector, values: parsed.values, test: null, isDefault } };
  }

  /** What the fields left out keep; an unreadable version keeps nothing, so that saving all fields anew mends it. */
  async #storedValues(stored: CredentialModel | null, input: SaveInput): Promise<FieldValues> {
    if (stored === null) return {};
    try {
      return await this.#deps.values.open(stored, await this.#deps.repository.findVersion(stored));
    } catch (error) {
      if (!isIntegrityError(error) || input.fields.length === 0) throw error;
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
    const sealed = await this.#writer.seal(viewer, save);
    const credential = await this.#deps.database.transaction((transaction) => this.#writer.write(transaction, viewer, sealed));
    await this.#deps.onChanged(credential.id);
    return { credential, connectionTest: sealed.test, userErrors: [] };
  }
}
