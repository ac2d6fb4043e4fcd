import type { UserRecord } from "../access/user.repository.ts";
import { canonicalise } from "../access/username.ts";
import { requirePermission, systemViewer, type Viewer } from "../access/viewer.ts";
import type { FieldValues } from "../connectors/connector.ts";
import type { CredentialModel, CredentialVersionModel } from "../database/generated/sqlite/models.ts";
import { isIntegrityError } from "../errors.ts";
import type { CredentialRepository, CredentialScope } from "./credential.repository.ts";
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
  readonly repository: CredentialRepository;
  readonly values: CredentialValues;
  readonly findUsers: (viewer: Viewer, ids: readonly string[]) => Promise<readonly UserRecord[]>;
};

type Found = { readonly credential: CredentialModel; readonly version: CredentialVersionModel | null };

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
  const isWithin = limits.usernames.length === 0 || limits.usernames.includes(name);
  return isWithin ? { limits: { ...limits, usernames: [name] } } : null;
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
    return Promise.all(
      found.map(async ({ credential, version }) => {
        const { publicFields } = await this.#deps.values.describe(credential, version);
        return { credential, username: owners.get(credential.ownerId) ?? "", publicFields };
      }),
    );
  }

  /** The viewer's credentials that have the secret field, with a hint at it: `sk-you…`. */
  async listHints(viewer: Viewer, field: string): Promise<HintedCredential[]> {
    const found = await this.#find(viewer, undefined, undefined);
    const having = found.filter(({ version }) => (JSON.parse(version?.secretNames ?? "[]") as string[]).includes(field));
    return Promise.all(having.map(async (each) => ({ credential: each.credential, hint: await this.#hintAt(each, field) })));
  }

  async #find(viewer: Viewer, username: string | undefined, project: string | undefined): Promise<Found[]> {
    requirePermission(viewer, "credential:read");
    const scope = listScope(viewer, username);
    if (scope === null) return [];
    const credentials: CredentialModel[] = [];
    while (credentials.length < MOST_LISTED) {
      const page = await this.#deps.repository.findPage(scope, { project }, PAGE_SIZE, credentials.at(-1)?.id ?? null);
      credentials.push(...page);
      if (page.length < PAGE_SIZE) break;
    }
    const versions = credentials.length === 0 ? [] : await this.#deps.repository.findVersions(credentials);
    const byCredential = new Map(versions.map((version) => [version.credentialId, version]));
    return credentials.map((credential) => ({ credential, version: byCredential.get(credential.id) ?? null }));
  }

  /** Whoever may see a credential may see whose it is. */
  async #nameOwners(viewer: Viewer, found: readonly Found[]): Promise<Map<string | null, string>> {
    if (viewer.type === "USER") return new Map([[viewer.id, viewer.username]]);
    const ids = [...new Set(found.flatMap(({ credential }) => credential.ownerId ?? []))];
    const users = await this.#deps.findUsers(systemViewer(viewer.origin.correlationId), ids);
    return new Map(users.map((user) => [user.id, user.username]));
  }

  async #hintAt({ credential, version }: Found, field: string): Promise<string> {
    try {
      const secret = (await this.#deps.values.open(credential, version))[field] ?? "";
      const shown = Math.min(HINT_LENGTH, Math.floor(secret.length / 2));
      return `${secret.slice(0, shown)}…`;
    } catch (error) {
      if (isIntegrityError(error)) return "…";
      throw error;
    }
  }
}
