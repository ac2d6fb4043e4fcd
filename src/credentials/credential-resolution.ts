import type { Permission } from "../access/permission.ts";
import { canonicalise, parseUsername } from "../access/username.ts";
import { isAllowed, requirePermission, type ServiceViewer, type Viewer } from "../access/viewer.ts";
import type { Config } from "../config.ts";
import { badInput, notFound } from "../errors.ts";
import { idPrefixOf } from "../identifiers.ts";
import { type CredentialScope, SYSTEM_OWNER } from "./credential.repository.ts";
import type { CredentialSelector, CredentialSource, ResolvedCredential } from "./credential-access.ts";
import type { OpenableCredential, OpenableCredentialRepository, OpenableFilter } from "./openable-credential.repository.ts";

/**
 * What a viewer may reach by id and in lists: a user their own, and with the permission the system defaults; a service
 * token the users' within its limits.
 */
export function visibleScope(viewer: Viewer): CredentialScope {
  if (viewer.type === "SERVICE") return { limits: viewer.limits };
  const own = viewer.type === "USER" ? [viewer.id] : [];
  return { ownerKeys: viewer.permissions.has("system-credential:write") ? [...own, SYSTEM_OWNER] : own };
}

/**
 * What a system default may stand in for: use of the upstream, where the secret stays here. Never for a look at the
 * secret or a change of it.
 */
const FALLBACK_PERMISSIONS: ReadonlySet<Permission> = new Set(["upstream:token", "upstream:call", "sync:run", "sync:read"]);
/** The same for a machine, which the system default serves as it serves the user that it names. */
const SERVICE_FALLBACK_PERMISSIONS: ReadonlySet<Permission> = new Set(["upstream:token", "upstream:call"]);

/** Of several credentials that fit, the one meant: the default, else the one that is labelled `default`. */
function chooseMeant(candidates: readonly OpenableCredential[], project: string): OpenableCredential | null {
  if (candidates.length <= 1) return candidates[0] ?? null;
  const meant =
    candidates.find(({ credential }) => credential.defaultKey !== null) ??
    candidates.find(({ credential }) => credential.label === "default" && credential.project === project);
  if (meant === undefined) throw badInput("credential", "Several credentials fit: name the project and the label too.");
  return meant;
}

/** Member by member: this stands in the way of every reveal and call, and a copy that grows is a slow object. */
function resolvedAs({ credential, version }: OpenableCredential, source: CredentialSource, reason: string): ResolvedCredential {
  return { credential, version, source, reason };
}

/** The id of the active user with a name, in any spelling; null when there is none. */
export type FindUserIdByName = (username: string) => Promise<string | null>;

type CredentialResolutionDeps = {
  readonly openable: OpenableCredentialRepository;
  readonly policy: Config["FALLBACK_POLICY"];
  readonly findUserIdByName: FindUserIdByName;
};

/**
 * The one credential that a selector means for a viewer. By id: that one. Otherwise the viewer's own by connector,
 * narrowed by project and label where given; a viewer without one gets the system default of the same connector,
 * project and label, if the policy allows and the secret stays here. A service token names the user, and gets what that
 * user would, within its limits. What is not the viewer's is answered like what
 * does not exist.
 * @throws {GatewayError} NOT_FOUND; BAD_USER_INPUT when the selector is empty or several fit
 */
export class CredentialResolution {
  readonly #openable: OpenableCredentialRepository;
  readonly #policy: Config["FALLBACK_POLICY"];
  readonly #findUserIdByName: FindUserIdByName;

  constructor({ openable, policy, findUserIdByName }: CredentialResolutionDeps) {
    this.#openable = openable;
    this.#policy = policy;
    this.#findUserIdByName = findUserIdByName;
  }

  /** Whose credentials may serve a use by the viewer in which the secret stays here. */
  servingOwnerKeys(viewer: Viewer): readonly string[] {
    if (viewer.type !== "USER") return [];
    return this.#policy === "deny" ? [viewer.id] : [viewer.id, SYSTEM_OWNER];
  }

  async resolve(viewer: Viewer, selector: CredentialSelector, permission: Permission): Promise<ResolvedCredential> {
    requirePermission(viewer, permission);
    if (viewer.type === "SERVICE") return this.#resolveForService(viewer, selector, permission);
    if (selector.username != null && !isNameOf(viewer, selector.username)) throw notFound("credential");
    if (selector.id != null) return this.#byId(viewer, selector.id);
    if (selector.connector == null) throw badInput("credential", "Name a credential by its id or by its connector.");
    const own = viewer.type === "USER" ? await this.#findMeant(viewer.id, selector) : null;
    if (own !== null) return resolvedAs(own, "USER", "The viewer's own credential.");
    if (viewer.type !== "USER" || this.#policy === "deny" || !FALLBACK_PERMISSIONS.has(permission)) throw notFound("credential");
    const fallback = await this.#findMeant(SYSTEM_OWNER, selector);
    if (fallback === null) throw notFound("credential");
    return resolvedAs(fallback, "SYSTEM", "The viewer has none of their own: the system default stands in.");
  }

  async #resolveForService(viewer: ServiceViewer, selector: CredentialSelector, permission: Permission) {
    const { id, username, connector, project } = selector;
    if (id != null) return this.#byIdForService(viewer, id, username);
    if (connector == null) throw badInput("credential", "Name a credential by its id or by its connector.");
    if (username == null)
      throw badInput("credential.username", "Name the user too: a service token has no credentials of its own.");
    const { limits } = viewer;
    const name = parseUsername(username);
    // What nobody can be called is not looked up: the store may not even be able to compare it.
    if (name === null) throw notFound("credential");
    const { canonicalName } = name;
    const isWithin =
      isAllowed(limits.usernames, canonicalName) &&
      isAllowed(limits.connectors, connector) &&
      (project == null || isAllowed(limits.projects, project));
    // Looked up whether or not the token is limited to others, so that the time it takes tells nothing.
    const candidates = await this.#openable.findNamed(canonicalName, filterOf(selector, limits.projects));
    if (candidates === null || !isWithin) throw notFound("credential");
    const own = chooseMeant(candidates, project ?? "");
    if (own !== null) return resolvedAs(own, "USER", "The named user's own credential.");
    if (this.#policy === "deny" || !SERVICE_FALLBACK_PERMISSIONS.has(permission)) throw notFound("credential");
    const fallback = await this.#findMeant(SYSTEM_OWNER, selector, limits.projects);
    if (fallback === null) throw notFound("credential");
    return resolvedAs(fallback, "SYSTEM", "The named user has none of their own: the system default stands in.");
  }

  async #byIdForService(viewer: ServiceViewer, id: string, username: string | null | undefined) {
    const userId = username == null ? null : await this.#findUserIdByName(username);
    const found = await this.#byId(viewer, id);
    if (username != null && found.credential.ownerId !== userId) throw notFound("credential");
    return found;
  }

  async #byId(viewer: Viewer, id: string): Promise<ResolvedCredential> {
    const found = idPrefixOf(id) === "credential" ? await this.#openable.findInScope(visibleScope(viewer), id) : null;
    if (found === null) throw notFound("credential");
    return resolvedAs(found, found.credential.ownerId === null ? "SYSTEM" : "USER", "Named by its id.");
  }

  async #findMeant(ownerKey: string, selector: CredentialSelector, projects: readonly string[] = []) {
    return chooseMeant(await this.#openable.findOwned(ownerKey, filterOf(selector, projects)), selector.project ?? "");
  }
}

function filterOf({ connector, project, label }: CredentialSelector, projects: readonly string[]): OpenableFilter {
  return { connectorId: connector ?? undefined, project: project ?? undefined, label: label ?? undefined, projects };
}

function isNameOf(viewer: Viewer, username: string): boolean {
  return viewer.type === "USER" && canonicalise(viewer.username) === canonicalise(username);
}
