import type { Permission } from "../access/permission.ts";
import { requirePermission, type Viewer } from "../access/viewer.ts";
import type { CredentialModel } from "../database/generated/sqlite/models.ts";
import { badInput, notFound } from "../errors.ts";
import { idPrefixOf } from "../identifiers.ts";
import { type CredentialRepository, SYSTEM_OWNER } from "./credential.repository.ts";
import type { CredentialSelector, CredentialSource } from "./credential-access.ts";

export type ResolvedCredential = { readonly credential: CredentialModel; readonly source: CredentialSource };

/** Whose credentials a viewer may reach by id: their own, and for administrators the system defaults. */
export function visibleOwnerKeys(viewer: Viewer): readonly string[] {
  if (viewer.type !== "USER") return [];
  return viewer.permissions.has("system-credential:write") ? [viewer.id, SYSTEM_OWNER] : [viewer.id];
}

function sourceOf(credential: CredentialModel): CredentialSource {
  return credential.ownerId === null ? "SYSTEM" : "USER";
}

/**
 * The one credential that a selector means for a viewer. By id: that one. Otherwise by connector, narrowed by project
 * and label where given; of several that fit, the default one, else the one labelled `default`. What is not the
 * viewer's is answered like what does not exist.
 * @throws {GatewayError} NOT_FOUND, BAD_USER_INPUT when the selector is empty or several fit
 */
export class CredentialResolution {
  readonly #repository: CredentialRepository;

  constructor(repository: CredentialRepository) {
    this.#repository = repository;
  }

  async resolve(viewer: Viewer, selector: CredentialSelector, permission: Permission): Promise<ResolvedCredential> {
    requirePermission(viewer, permission);
    if (selector.username != null && !(viewer.type === "USER" && viewer.username === selector.username)) {
      throw notFound("credential");
    }
    const credential = selector.id == null ? await this.#findMeant(viewer, selector) : await this.#findById(viewer, selector.id);
    if (credential === null) throw notFound("credential");
    return { credential, source: sourceOf(credential) };
  }

  async #findById(viewer: Viewer, id: string): Promise<CredentialModel | null> {
    if (idPrefixOf(id) !== "credential") return null;
    const [credential] = await this.#repository.findMany(visibleOwnerKeys(viewer), [id]);
    return credential ?? null;
  }

  async #findMeant(viewer: Viewer, selector: CredentialSelector): Promise<CredentialModel | null> {
    if (selector.connector == null) throw badInput("credential", "Name a credential by its id or by its connector.");
    if (viewer.type !== "USER") return null;
    const candidates = await this.#repository.findCandidates(viewer.id, {
      connectorId: selector.connector,
      project: selector.project ?? undefined,
      label: selector.label ?? undefined,
    });
    const [only] = candidates;
    if (candidates.length <= 1) return only ?? null;
    const meant =
      candidates.find((candidate) => candidate.defaultKey !== null) ??
      candidates.find((candidate) => candidate.label === "default" && candidate.project === (selector.project ?? ""));
    if (meant === undefined) throw badInput("credential", "Several credentials fit: name the project and the label too.");
    return meant;
  }
}
