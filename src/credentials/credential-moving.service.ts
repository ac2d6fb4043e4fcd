import { requireRecentAuthenticationInBrowser } from "../access/reauthentication.ts";
import { requireUser, type Viewer } from "../access/viewer.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import { type Database, isUniqueViolation } from "../database/database.ts";
import type { CredentialModel } from "../database/generated/sqlite/models.ts";
import { notFound } from "../errors.ts";
import type { Clock } from "../identifiers.ts";
import type { CredentialRepository } from "./credential.repository.ts";
import { credentialExists, savedMeanwhile } from "./credential-conflicts.ts";
import { parseLabel, parseProject } from "./credential-name.ts";
import { visibleScope } from "./credential-resolution.ts";
import type { CredentialValues } from "./credential-values.ts";

export type MoveInput = {
  readonly id: string;
  /** Left out or null: as it is. */
  readonly project?: string | null | undefined;
  readonly label?: string | null | undefined;
};

type Dependencies = {
  readonly database: Database;
  readonly repository: CredentialRepository;
  readonly values: CredentialValues;
  readonly audit: AuditLog;
  readonly onChanged: (credentialId: string) => Promise<void>;
  readonly clock: Clock;
};

/**
 * Owns the change of a credential's project and label. Secrets are bound to both, so every kept version is sealed anew.
 * Invariant: that, the credential's row and the audit event are stored together or not at all.
 */
export class CredentialMovingService {
  readonly #deps: Dependencies;

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  /**
   * Gives a credential another project or label; its id, versions, tests, default and synced rows stay.
   * Another project wants, in a browser, the password just given.
   * @throws {GatewayError} NOT_FOUND, FORBIDDEN, REAUTHENTICATION_REQUIRED, BAD_USER_INPUT; CONFLICT when another stands
   * there, or it was saved meanwhile; INTEGRITY_ERROR when a kept version cannot be opened
   */
  async move(viewer: Viewer, input: MoveInput): Promise<CredentialModel> {
    const user = requireUser(viewer, "credential:write");
    const { database, repository, values, audit, clock } = this.#deps;
    const [before] = await repository.findMany(visibleScope(user), [input.id]);
    if (before === undefined) throw notFound("credential");
    const project = input.project == null ? before.project : parseProject(input.project);
    const label = input.label == null ? before.label : parseLabel(input.label);
    if (project === before.project && label === before.label) return before;
    // Service tokens of that project may use it from then on.
    if (project !== before.project) await requireRecentAuthenticationInBrowser(user);
    const after = { ...before, project, label, updatedAt: clock.now() };
    const versions = await repository.findKeptVersions(before.id);
    const sealed = await Promise.all(versions.map((version) => values.sealAnew(before, after, version)));
    const write = database.transaction(async (transaction) => {
      if (!(await repository.move(transaction, before, after, sealed))) throw savedMeanwhile();
      await audit.append(transaction, {
        actor: user,
        action: "CREDENTIAL_MOVED",
        target: { type: "Credential", id: before.id },
        ownerId: before.ownerId,
        details: { connector: before.connectorId, project, label, fromProject: before.project, fromLabel: before.label },
      });
    });
    await write.catch((error: unknown) => {
      throw isUniqueViolation(error) ? credentialExists(error) : error;
    });
    await this.#deps.onChanged(before.id);
    return after;
  }
}
