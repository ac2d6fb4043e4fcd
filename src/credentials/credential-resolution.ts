import type { Permission } from "../access/permission.ts";
import { requirePermission, type Viewer } from "../access/viewer.ts";
import type { Config } from "../config.ts";
import type { CredentialModel } from "../database/generated/sqlite/models.ts";
import { badInput, notFound } from "../errors.ts";
import { idPrefixOf } from "../identifiers.ts";
import { type CredentialRepository, SYSTEM_OWNER } from "./credential.repository.ts";
import type { CredentialSelector, ResolvedCredential } from "./credential-access.ts";

/** Whose credentials a viewer may reach by id: their own, and with the permission the system defaults. */
export function visibleOwnerKeys(viewer: Viewer): readonly string[] {
  const own = viewer.type === "USER" ? [viewer.id] : [];
  return viewer.permissions.has("system-credential:write") ? [...own, SYSTEM_OWNER] : own;
}

/**
 * What a system default may stand in for: use of the upstream, where the secret stays here. Never for a look at the
 * secret or a change of it.
 */
const FALLBACK_PERMISSIONS: ReadonlySet<Permission> = new Set(["upstream:token", "upstream:call", "sync:run", "sync:read"]);

/** Of several credentials that fit, the one meant: the default, else the one that is labelled `default`. */
function chooseMeant(candidates: readonly CredentialModel[], project: string): CredentialModel | null {
  if (candidates.length <= 1) return candidates[0] ?? null;
  const meant =
    candidates.find((candidate) => candidate.defaultKey !== null) ??
    candidates.find((candidate) => candidate.label === "default" && candidate.project === project);
  if (meant === undefined) throw badInput("credential", "Several credentials fit: name the project and the label too.");
  return meant;
}

/**
 * The one credential that a selector means for a viewer. By id: that one. Otherwise the viewer's own by connector,
 * narrowed by project and label where given; a viewer without one gets the system default of the same connector,
 * project and label, if the policy allows and the secret stays here. What is not the viewer's is answered like what
 * does not exist.
 * @throws {GatewayError} NOT_FOUND; BAD_USER_INPUT when the selector is empty or several fit
 */
export class CredentialResolution {
  readonly #repository: CredentialRepository;
  readonly #policy: Config["FALLBACK_POLICY"];

  constructor({ repository, policy }: { repository: CredentialRepository; policy: Config["FALLBACK_POLICY"] }) {
    this.#repository = repository;
    this.#policy = policy;
  }

  async resolve(viewer: Viewer, selector: CredentialSelector, permission: Permission): Promise<ResolvedCredential> {
    requirePermission(viewer, permission);
    if (selector.username != null && !(viewer.type === "USER" && viewer.username === selector.username)) {
      throw notFound("credential");
    }
    if (selector.id != null) return this.#byId(viewer, selector.id);
    if (selector.connector == null) throw badInput("credential", "Name a credential by its id or by its connector.");
    const own = viewer.type === "USER" ? await this.#findMeant(viewer.id, selector) : null;
    if (own !== null) return { credential: own, source: "USER", reason: "The viewer's own credential." };
    if (viewer.type !== "USER" || this.#policy === "deny" || !FALLBACK_PERMISSIONS.has(permission)) throw notFound("credential");
    const fallback = await this.#findMeant(SYSTEM_OWNER, selector);
    if (fallback === null) throw notFound("credential");
    return { credential: fallback, source: "SYSTEM", reason: "The viewer has none of their own: the system default stands in." };
  }

  async #byId(viewer: Viewer, id: string): Promise<ResolvedCredential> {
    const isId = idPrefixOf(id) === "credential";
    const [credential] = isId ? await this.#repository.findMany(visibleOwnerKeys(viewer), [id]) : [];
    if (credential === undefined) throw notFound("credential");
    return { credential, source: credential.ownerId === null ? "SYSTEM" : "USER", reason: "Named by its id." };
  }

  async #findMeant(ownerKey: string, { connector, project, label }: CredentialSelector): Promise<CredentialModel | null> {
    const candidates = await this.#repository.findCandidates(ownerKey, {
      connectorId: connector ?? undefined,
      project: project ?? undefined,
      label: label ?? undefined,
    });
    return chooseMeant(candidates, project ?? "");
  }
}
