import { requirePermission, type Viewer } from "../access/viewer.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { ConnectorRegistry } from "../connectors/connector.ts";
import type { ConnectorShape, CredentialService } from "../credentials/credential.service.ts";
import type { CredentialUse } from "../credentials/credential-access.ts";
import { type Database, isUniqueViolation } from "../database/database.ts";
import { GatewayError, notFound, type PersonError } from "../errors.ts";
import { type Clock, idPrefixOf, type MakeId } from "../identifiers.ts";
import { fillLaunchUrl } from "./launch-url.ts";
import { fieldsOf, MAX_PROJECTS, type ProjectRecord, type ProjectRepository } from "./project.repository.ts";
import { type ProjectFields, parseProject, type RequiredConnector } from "./project-fields.ts";
import type { Health, ProjectHealth } from "./project-health.ts";

/**
 * Fields of a project to save: what is left out stays as it is, null takes a value away. `replaces` says what must be there: the
 * project of that id, or none when it is null.
 */
export type SaveProjectInput = { readonly slug: string; readonly replaces?: string | null | undefined } & {
  readonly [Field in keyof Omit<ProjectFields, "slug" | "requiredConnectors">]?: ProjectFields[Field] | null | undefined;
} & { readonly requiredConnectors?: readonly { connector: string; project?: string | null }[] | null | undefined };

export type SaveProjectResult = { readonly project: ProjectRecord | null; readonly userErrors: readonly PersonError[] };
export type DeleteProjectResult = { readonly deletedId: string | null; readonly userErrors: readonly PersonError[] };

export type ProjectServiceDeps = {
  readonly database: Database;
  readonly repository: ProjectRepository;
  readonly health: ProjectHealth;
  readonly connectors: ConnectorRegistry;
  readonly credentials: Pick<CredentialService, "findServed" | "connectorOf">;
  readonly audit: AuditLog;
  readonly makeId: MakeId;
  readonly clock: Clock;
};

const FROM_FILE: PersonError = {
  message: "This project comes from PROJECTS_FILE; change it there and start Postern anew.",
  field: "slug",
  code: "PROJECT_FROM_FILE",
};

const EXISTS: PersonError = { message: "There is a project with this slug already.", field: "slug", code: "PROJECT_EXISTS" };

/** The uses that satisfy what a project needs: the project named, else its own slug or none. */
function usesFor({ slug }: ProjectRecord, { connector, project }: RequiredConnector): readonly CredentialUse[] {
  return project === null ? [slug, ""].map((each) => ({ connector, project: each })) : [{ connector, project }];
}

const keyOf = ({ connector, project }: CredentialUse) => JSON.stringify([connector, project]);

/**
 * Owns the projects of the portal and what each looks like to a viewer. Invariant: what the operator set (health URL, template of
 * the launch URL) goes to those alone who may change it.
 */
export class ProjectService {
  readonly #deps: ProjectServiceDeps;

  constructor(deps: ProjectServiceDeps) {
    this.#deps = deps;
  }

  /** All projects in the order of the portal; archived ones only for who may change projects, and asks. */
  async list(viewer: Viewer, { includeArchived }: { readonly includeArchived: boolean }): Promise<readonly ProjectRecord[]> {
    requirePermission(viewer, "project:read");
    if (includeArchived) requirePermission(viewer, "project:write");
    const all = await this.#deps.repository.findAll();
    return includeArchived ? all : all.filter(({ isArchived }) => !isArchived);
  }

  /** The project with the id, or null when there is none that the viewer may see. */
  async findById(viewer: Viewer, id: string): Promise<ProjectRecord | null> {
    requirePermission(viewer, "project:read");
    const project = idPrefixOf(id) === "project" ? await this.#deps.repository.findById(id) : null;
    return project === null || (project.isArchived && !this.mayChange(viewer)) ? null : project;
  }

  mayChange(viewer: Viewer): boolean {
    return viewer.permissions.has("project:write");
  }

  /** Where the viewer launches the project; null for who is no user. */
  launchUrlFor(viewer: Viewer, { launchUrl }: ProjectRecord): string | null {
    return launchUrl === null || viewer.type !== "USER" ? null : fillLaunchUrl(launchUrl, viewer.username);
  }

  /** Whether the project answered when last looked at; null without a health URL, or when nothing is known in time. */
  async findHealth({ healthUrl }: ProjectRecord): Promise<Health | null> {
    return healthUrl === null ? null : await this.#deps.health.look(healthUrl);
  }

  requiredConnectorsOf({ requiredConnectors }: ProjectRecord) {
    return requiredConnectors.map(({ connector, project }) => ({ connector: this.#connector(connector), project }));
  }

  /** What each project needs and the viewer has no working credential for, in the order of the projects. */
  async findMissingConnectors(viewer: Viewer, projects: readonly ProjectRecord[]): Promise<ConnectorShape[][]> {
    const uses = projects.flatMap((project) => project.requiredConnectors.flatMap((required) => usesFor(project, required)));
    const served = uses.length === 0 ? [] : await this.#deps.credentials.findServed(viewer, uses);
    const servedKeys = new Set(served.map(keyOf));
    return projects.map((project) => {
      const isMissing = (required: RequiredConnector) => !usesFor(project, required).some((use) => servedKeys.has(keyOf(use)));
      const missing = new Set(project.requiredConnectors.filter(isMissing).map(({ connector }) => connector));
      return [...missing].map((id) => this.#connector(id));
    });
  }

  /** Creates the project, or replaces the fields given of the one with the slug. @throws {GatewayError} NOT_FOUND, CONFLICT */
  async save(viewer: Viewer, { replaces, ...input }: SaveProjectInput): Promise<SaveProjectResult> {
    requirePermission(viewer, "project:write");
    const { repository, connectors } = this.#deps;
    const stored = await repository.findBySlug(input.slug);
    if (replaces === null && stored !== null) return { project: null, userErrors: [EXISTS] };
    if (replaces != null && stored?.id !== replaces) throw notFound("project");
    if (stored?.source === "FILE") return { project: null, userErrors: [FROM_FILE] };
    const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
    const parsed = parseProject({ ...(stored && fieldsOf(stored)), ...given }, (id) => connectors.find(id) !== null);
    if (!parsed.ok) return { project: null, userErrors: parsed.problems };
    if (stored === null && (await repository.count()) >= MAX_PROJECTS) {
      throw new GatewayError("CONFLICT", `There are ${MAX_PROJECTS} projects already: delete one first.`);
    }
    return { project: await this.#store(viewer, stored, parsed.fields), userErrors: [] };
  }

  /** Deletes a project; credentials that were meant for it stay. @throws {GatewayError} NOT_FOUND */
  async delete(viewer: Viewer, id: string): Promise<DeleteProjectResult> {
    requirePermission(viewer, "project:write");
    const project = await this.findById(viewer, id);
    if (project === null) throw notFound("project");
    if (project.source === "FILE") return { deletedId: null, userErrors: [{ ...FROM_FILE, field: "id" }] };
    const { database, repository } = this.#deps;
    await database.transaction(async (transaction) => {
      if (!(await repository.delete(transaction, id))) throw notFound("project");
      await this.#deps.audit.append(transaction, {
        actor: viewer,
        action: "PROJECT_DELETED",
        target: { type: "Project", id },
        details: { slug: project.slug, source: "API" },
      });
    });
    return { deletedId: id, userErrors: [] };
  }

  #connector(connectorId: string): ConnectorShape {
    return this.#deps.credentials.connectorOf({ connectorId });
  }

  async #store(viewer: Viewer, stored: ProjectRecord | null, fields: ProjectFields): Promise<ProjectRecord> {
    const { database, repository, makeId, clock, audit } = this.#deps;
    const now = clock.now();
    const kept = stored ?? { id: makeId("project"), createdAt: now };
    const record: ProjectRecord = { ...fields, id: kept.id, createdAt: kept.createdAt, source: "API", updatedAt: now };
    const conflict = (cause?: unknown) =>
      new GatewayError("CONFLICT", "The project was saved by somebody else meanwhile. Look at it and save again.", { cause });
    try {
      await database.transaction(async (transaction) => {
        if (stored === null) await repository.insert(transaction, record);
        else if (!(await repository.replace(transaction, stored, record))) throw conflict();
        await audit.append(transaction, {
          actor: viewer,
          action: "PROJECT_SAVED",
          target: { type: "Project", id: record.id },
          details: { slug: record.slug, source: record.source },
        });
      });
      return record;
    } catch (error) {
      if (isUniqueViolation(error)) throw conflict(error);
      throw error;
    }
  }
}
