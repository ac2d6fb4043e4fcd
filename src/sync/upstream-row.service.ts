import { requirePermission, type Viewer } from "../access/viewer.ts";
import type { CredentialAccess, CredentialSelector } from "../credentials/credential-access.ts";
import { type Page, type PageRequest, readPage } from "../database/page.ts";
import { badInput } from "../errors.ts";
import { type IdPrefix, idPrefixOf } from "../identifiers.ts";
import { BY_ID, parsePlace, type RowOrder, type RowSort, type SortDirection } from "./row-order.ts";
import { findMeantCredential, maySeeSynced } from "./sync-credentials.ts";
import type { StoredRow, StoredRows } from "./upstream-row.repository.ts";

export type RowListRequest = PageRequest & {
  /** The caller's default Odoo credential when left out. */
  readonly credential?: CredentialSelector | null | undefined;
  readonly search?: string | null | undefined;
  readonly sort?: RowSort | null | undefined;
  readonly direction?: SortDirection | null | undefined;
};

export type RowServiceDependencies<Stored> = {
  readonly credentials: Pick<CredentialAccess, "resolve">;
  readonly rows: StoredRows<Stored>;
  readonly idPrefix: IdPrefix;
};

const MAX_SEARCH_LENGTH = 200;

/** The order that a request asks for: by upstream ids when it does not say. */
export function orderOf({ sort, direction }: Pick<RowListRequest, "sort" | "direction">): RowOrder {
  return { sort: sort ?? BY_ID.sort, direction: direction ?? BY_ID.direction };
}

/** Synced rows of one resource: whoever may see a credential may see what was synced with it. */
export class UpstreamRowService<Stored extends StoredRow> {
  readonly #dependencies: RowServiceDependencies<Stored>;

  constructor(dependencies: RowServiceDependencies<Stored>) {
    this.#dependencies = dependencies;
  }

  /**
   * A page in the order that is asked for. Who names no credential and has none sees an empty list.
   * @throws {GatewayError} NOT_FOUND when the credential named is not there or not the viewer's
   */
  async findPage(viewer: Viewer, { credential, search, ...request }: RowListRequest): Promise<Page<Stored>> {
    const { credentials, rows } = this.#dependencies;
    const meant = await findMeantCredential(credentials, viewer, credential, "sync:read");
    if (search != null && search.length > MAX_SEARCH_LENGTH) {
      throw badInput("search", `search may have at most ${MAX_SEARCH_LENGTH} characters.`);
    }
    if (meant === null) {
      return readPage(
        request,
        async () => [],
        async () => 0,
      );
    }
    const order = orderOf(request);
    return readPage(
      request,
      (take, afterKey) => rows.findPage(meant.id, search ?? null, take, { order, after: parsePlace(afterKey, order) }),
      () => rows.count(meant.id, search ?? null),
    );
  }

  /** Null when there is no such row, or the viewer may not see what its credential brings. */
  async findById(viewer: Viewer, id: string): Promise<Stored | null> {
    requirePermission(viewer, "sync:read");
    const { credentials, rows, idPrefix } = this.#dependencies;
    const row = idPrefixOf(id) === idPrefix ? await rows.findById(id) : null;
    return (await maySeeSynced(credentials, viewer, row?.credentialId ?? null, "sync:read")) ? row : null;
  }
}
