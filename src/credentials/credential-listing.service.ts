import type { UserRecord } from "../access/user.repository.ts";
import { canonicalise } from "../access/username.ts";
import { isAllowed, requirePermission, systemViewer, type Viewer } from "../access/viewer.ts";
import type { FieldValues } from "../connectors/connector.ts";
import type { CredentialModel } from "../database/generated/sqlite/models.ts";
import { isIntegrityError } from "../errors.ts";
import type { CredentialRepository, CredentialScope, PrintedVersion } from "./credential.repository.ts";
import type { CredentialDescriptions } from "./credential-descriptions.ts";
import type { CredentialPageRepository, Paged } from "./credential-page.repository.ts";
import type { CredentialValues } from "./credential-values.ts";

/** A credential with its owner's name and the fields that are no secret. */
export type ListedCredential = {
  readonly credential: CredentialModel;
  readonly username: string;
  readonly publicFields: FieldValues;
};

export type HintedCredential = { readonly credential: CredentialModel; readonly hint: string };

export type ListFilter = { readonly username?: string | undefined; readonly project?: string | undefined };

type Dependencies = {
  readonly repository: Pick<CredentialRepository, "findVersions">;
  readonly pages: CredentialPageRepository;
  readonly values: CredentialValues;
  readonly descriptions: CredentialDescriptions;
  readonly findUsers: (viewer: Viewer, ids: readonly string[]) => Promise<readonly UserRecord[]>;
};

type Found = Paged<CredentialModel>;

const PAGE_SIZE = 100;
/** Beyond these a list is cut; whoever made so many can page through them over GraphQL. */
const MOST_LISTED = 1_000;

const HINT_LENGTH = 6;

/** What the viewer may list: a user their own, a service token those of users within its limits; of one user only, if named. */
function listScope(viewer: Viewer, username: string | undefined): CredentialScope | null {
  const name = username === undefined ? undefined : canonicalise(username);
  if (viewer.type === "USER") {
    return name === undefined || name === canonicalise(viewer.username) ? { ownerKeys: [viewer.id] } : null;
  }
  if (viewer.type !== "SERVICE") return null;
  const { limits } = viewer;
  if (name === undefined) return { limits };
  return isAllowed(limits.usernames, name) ? { limits: { ...limits, usernames: [name] } } : null;
}

/**
 * Whole lists of users' credentials, for clients that do not page; never of system defaults. Invariant: of a secret field no
 * more than its first characters leave, and never more than half; that is no reveal, and not recorded as one.
 */
export class CredentialListingService {
  readonly #deps: Dependencies;

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  /** The credentials with the fields that are no secret, oldest first; an unreadable one has none. */
  async list(viewer: Viewer, { username, project }: ListFilter = {}): Promise<ListedCredential[]> {
    const found = await this.#find(viewer, username, project);
    const owners = await this.#nameOwners(viewer, found);
    const descriptions = await this.#deps.descriptions.describePage(found);
    return found.map(({ credential }, place) => ({
      credential,
      username: owners.get(credential.ownerId) ?? "",
      publicFields: descriptions[place]?.publicFields ?? {},
    }));
  }

  /** The viewer's credentials that have the secret field, with a hint at it: `sk-you…`. */
  async listHints(viewer: Viewer, field: string): Promise<HintedCredential[]> {
    const found = await this.#find(viewer, undefined, undefined);
    const versions = await this.#deps.repository.findVersions(found.map(({ credential }) => credential));
    const having = new Map(
      versions
        .filter(({ secretNames }) => (JSON.parse(secretNames) as string[]).includes(field))
        .map((version) => [version.credentialId, version]),
    );
    return Promise.all(
      found.flatMap(({ credential }) => {
        const version = having.get(credential.id);
        return version === undefined ? [] : [this.#hintAt(credential, version, field)];
      }),
    );
  }

  async #find(viewer: Viewer, username: string | undefined, project: string | undefined): Promise<Found[]> {
    requirePermission(viewer, "credential:read");
    const scope = listScope(viewer, username);
    if (scope === null) return [];
    const found: Found[] = [];
    while (found.length < MOST_LISTED) {
      const afterId = found.at(-1)?.credential.id ?? null;
      const page = await this.#deps.pages.findWhole({ scope, filter: { project }, take: PAGE_SIZE, afterId });
      found.push(...page);
      if (page.length < PAGE_SIZE) break;
    }
    return found;
  }

  /** Whoever may see a credential may see whose it is. */
  async #nameOwners(viewer: Viewer, found: readonly Found[]): Promise<Map<string | null, string>> {
    if (viewer.type === "USER") return new Map([[viewer.id, viewer.username]]);
    const ids = [...new Set(found.flatMap(({ credential }) => credential.ownerId ?? []))];
    const users = await this.#deps.findUsers(systemViewer(viewer.origin.correlationId), ids);
    return new Map(users.map((user) => [user.id, user.username]));
  }

  async #hintAt(credential: CredentialModel, version: PrintedVersion, field: string): Promise<HintedCredential> {
    try {
      const secret = (await this.#deps.values.open(credential, version))[field] ?? "";
      const shown = Math.min(HINT_LENGTH, Math.floor(secret.length / 2));
      return { credential, hint: `${secret.slice(0, shown)}…` };
    } catch (error) {
      if (isIntegrityError(error)) return { credential, hint: "…" };
      throw error;
    }
  }
}
