import type { LastUses } from "../access/last-uses.ts";
import { requireRecentAuthenticationInBrowser } from "../access/reauthentication.ts";
import type { UserRecord } from "../access/user.repository.ts";
import { requirePermission, systemViewer, type Viewer } from "../access/viewer.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Connector, ConnectorRegistry, FieldValues } from "../connectors/connector.ts";
import type { Database } from "../database/database.ts";
import type { ConnectionTestModel, CredentialModel, CredentialVersionModel } from "../database/generated/sqlite/models.ts";
import { type Page, type PageRequest, readPage } from "../database/page.ts";
import { GatewayError, isIntegrityError, notFound } from "../errors.ts";
import { idPrefixOf } from "../identifiers.ts";
import type { ConnectionTestService } from "./connection-test.service.ts";
import type { CredentialFilter, CredentialRepository } from "./credential.repository.ts";
import type {
  CredentialAccess,
  CredentialSelector,
  CredentialUse,
  OpenedCredential,
  ResolvedCredential,
} from "./credential-access.ts";
import type { CredentialDescriptions, ReadableVersion } from "./credential-descriptions.ts";
import type { CredentialPageRepository, Paged, PageExtent } from "./credential-page.repository.ts";
import { type CredentialResolution, visibleScope } from "./credential-resolution.ts";
import type { CredentialValues } from "./credential-values.ts";
import type { OpenableCredential, OpenableCredentialRepository } from "./openable-credential.repository.ts";
import type { Place } from "./whole-versions.ts";

type Dependencies = {
  readonly database: Database;
  readonly repository: CredentialRepository;
  readonly openable: OpenableCredentialRepository;
  readonly resolution: CredentialResolution;
  readonly values: CredentialValues;
  readonly pages: CredentialPageRepository;
  readonly descriptions: CredentialDescriptions;
  readonly tests: ConnectionTestService;
  readonly connectors: ConnectorRegistry;
  readonly audit: AuditLog;
  readonly uses: Pick<LastUses, "note">;
  readonly onChanged: (credentialId: string) => Promise<void>;
  readonly findUsers: (viewer: Viewer, ids: readonly string[]) => Promise<readonly UserRecord[]>;
};

/** What may be shown of a connector. */
export type ConnectorShape = Pick<Connector, "id" | "name" | "description" | "fields" | "capabilities">;

export type RevealedField = { readonly name: string; readonly value: string };

/**
 * Owns the reading side of credentials: lists, resolution, reveal, delete, and the opened values for Postern's own use.
 * Invariant: plaintext leaves by `reveal` alone, and only after its audit event is durable.
 */
export class CredentialService implements CredentialAccess {
  readonly #deps: Dependencies;

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  /** A page of what the viewer may see, with no more of each than is asked for. */
  async findPage(viewer: Viewer, filter: CredentialFilter, page: PageRequest, extent: PageExtent): Promise<Page<Paged>> {
    requirePermission(viewer, "credential:read");
    const { pages, repository } = this.#deps;
    const scope = visibleScope(viewer);
    return readPage(
      page,
      (take, afterId) => pages.find({ scope, filter, take, afterId }, extent),
      () => repository.count(scope, filter),
    );
  }

  async findVisible(viewer: Viewer, ids: readonly string[]): Promise<readonly CredentialModel[]> {
    requirePermission(viewer, "credential:read");
    return this.#deps.repository.findMany(visibleScope(viewer), ids);
  }

  /** The credential with the id, or null when there is none that the viewer may see. */
  async findById(viewer: Viewer, id: string): Promise<CredentialModel | null> {
    if (idPrefixOf(id) !== "credential") return null;
    return (await this.findVisible(viewer, [id]))[0] ?? null;
  }

  resolve(viewer: Viewer, selector: CredentialSelector, permission: Parameters<CredentialAccess["resolve"]>[2]) {
    return this.#deps.resolution.resolve(viewer, selector, permission);
  }

  /** What may be shown of the versions in use, in the order of the credentials. */
  describeVersions(credentials: readonly Place[]): Promise<ReadableVersion[]> {
    return this.#deps.descriptions.describe(credentials);
  }

  /** The same of a page, in its order. */
  describePage(page: readonly Paged[]): Promise<ReadableVersion[]> {
    return this.#deps.descriptions.describePage(page);
  }

  async findServed(viewer: Viewer, uses: readonly CredentialUse[]): Promise<readonly CredentialUse[]> {
    requirePermission(viewer, "credential:read");
    const owners = this.#deps.resolution.servingOwnerKeys(viewer);
    const distinct = (key: keyof CredentialUse) => [...new Set(uses.map((use) => use[key]))];
    const found = await this.#deps.repository.findNotRefused(owners, distinct("connector"), distinct("project"));
    const versions = await this.describeVersions(found);
    const readable = found.filter((_, index) => versions[index]?.isReadable === true);
    return uses.filter((use) =>
      readable.some(({ connectorId, project }) => use.connector === connectorId && use.project === project),
    );
  }

  /** The connection tests with the ids, in their order. */
  async findTests(ids: readonly string[]): Promise<(ConnectionTestModel | null)[]> {
    const tests = await this.#deps.repository.findTests(ids);
    const byId = new Map(tests.map((test) => [test.id, test]));
    return ids.map((id) => byId.get(id) ?? null);
  }

  /** A connection test that the viewer made, or that was made of a credential they may see. */
  async findTestById(viewer: Viewer, id: string): Promise<ConnectionTestModel | null> {
    requirePermission(viewer, "credential:read");
    const [test = null] = await this.findTests([id]);
    // Looked up for every test, there or not, so that the time it takes tells nothing of what is another's.
    const [credential] = await this.findVisible(viewer, [test?.credentialId ?? id]);
    const isOwn = viewer.type === "USER" && test?.userId === viewer.id;
    return isOwn || credential !== undefined ? test : null;
  }

  /** The versions that are kept of each credential, newest first, in the order of the ids. */
  async findHistories(credentialIds: readonly string[]): Promise<{ version: number; createdAt: Date }[][]> {
    const rows = await this.#deps.repository.findHistories(credentialIds);
    return credentialIds.map((id) => rows.filter((row) => row.credentialId === id));
  }

  /** The owners with the ids, in their order. */
  async findOwners(viewer: Viewer, ids: readonly string[]): Promise<(UserRecord | null)[]> {
    const users = await this.#deps.findUsers(viewer, ids);
    return ids.map((id) => users.find((user) => user.id === id) ?? null);
  }

  listConnectors(viewer: Viewer): readonly Connector[] {
    requirePermission(viewer, "connector:read");
    return this.#deps.connectors.all;
  }

  /** The credential's connector; a stand-in without fields when this build has it no more. */
  connectorOf({ connectorId }: Pick<CredentialModel, "connectorId">): ConnectorShape {
    const missing = {
      id: connectorId,
      name: connectorId,
      description: "Not known to this Postern.",
      fields: [],
      capabilities: [],
    };
    return this.#deps.connectors.find(connectorId) ?? missing;
  }

  /**
   * All fields in the clear. The audit event is durable before anything is opened.
   * @throws {GatewayError} NOT_FOUND, FORBIDDEN, REAUTHENTICATION_REQUIRED, INTEGRITY_ERROR; UNAVAILABLE when the event could not be stored
   */
  async reveal(viewer: Viewer, selector: CredentialSelector): Promise<ResolvedCredential & { fields: readonly RevealedField[] }> {
    const resolved = await this.#deps.resolution.resolve(viewer, selector, "credential:reveal");
    await requireRecentAuthenticationInBrowser(viewer);
    const { credential, version, source, reason } = resolved;
    await this.#deps.audit.record({
      actor: viewer,
      action: "CREDENTIAL_REVEALED",
      target: { type: "Credential", id: credential.id },
      ownerId: credential.ownerId,
      details: { connector: credential.connectorId, version: credential.version },
    });
    const values = await this.#openOrRecord(viewer, credential, version);
    this.noteUse(credential.id);
    return { credential, version, source, reason, fields: Object.entries(values).map(([name, value]) => ({ name, value })) };
  }

  /** Deletes a credential with all its versions and what was synced by it. */
  async delete(viewer: Viewer, id: string): Promise<string> {
    requirePermission(viewer, "credential:delete");
    const credential = await this.findById(viewer, id);
    if (credential === null) throw notFound("credential");
    const { database, repository, audit } = this.#deps;
    await database.transaction(async (transaction) => {
      if (!(await repository.delete(transaction, id))) throw notFound("credential");
      await audit.append(transaction, {
        actor: viewer,
        action: "CREDENTIAL_DELETED",
        target: { type: "Credential", id },
        ownerId: credential.ownerId,
        details: { connector: credential.connectorId, project: credential.project, label: credential.label },
      });
    });
    await this.#deps.onChanged(id);
    return id;
  }

  async openForUse(credentialId: string): Promise<OpenedCredential> {
    const found = await this.#deps.openable.findById(credentialId);
    if (found === null) throw notFound("credential");
    return this.open(found);
  }

  async open({ credential, version }: OpenableCredential): Promise<OpenedCredential> {
    const { connectors } = this.#deps;
    const connector = connectors.find(credential.connectorId);
    if (connector === null) throw new GatewayError("CONFLICT", "This Postern has no connector for that credential any more.");
    const values = await this.#openOrRecord(systemViewer("credential-use"), credential, version);
    this.noteUse(credential.id);
    return { connector, values, version: credential.version };
  }

  noteUse(credentialId: string): void {
    this.#deps.uses.note(credentialId);
  }

  async noteOutcome(...[used, failure]: Parameters<CredentialAccess["noteOutcome"]>): Promise<void> {
    await this.#deps.tests.noteOutcome(used, failure);
  }

  async #openOrRecord(viewer: Viewer, credential: CredentialModel, version: CredentialVersionModel | null): Promise<FieldValues> {
    try {
      return await this.#deps.values.open(credential, version);
    } catch (error) {
      if (!isIntegrityError(error)) throw error;
      await this.#deps.audit.record({
        actor: viewer,
        action: "CREDENTIAL_UNREADABLE",
        outcome: "FAILED",
        target: { type: "Credential", id: credential.id },
        ownerId: credential.ownerId,
        details: { version: credential.version },
      });
      throw error;
    }
  }
}
