import type { Viewer } from "../access/viewer.ts";
import { badInput, GatewayError } from "../errors.ts";
import { type IdPrefix, idPrefixOf } from "../identifiers.ts";

/** How to find the records of a type by id, for a viewer; null or NOT_FOUND when there is none that the viewer may see. */
export type NodeLoader = (viewer: Viewer, id: string) => Promise<object | null>;
export type NodeLoaders = Readonly<Partial<Record<IdPrefix, NodeLoader>>>;

/** As many as a page of a list has rows. */
const MOST_IDS = 100;

/** Finds any record by its id alone. What is not there, is not the viewer's, or is no id looks the same: null. */
export class NodeFinder {
  constructor(private readonly loaders: NodeLoaders) {}

  async find(viewer: Viewer, id: string): Promise<object | null> {
    const prefix = idPrefixOf(id);
    const load = prefix === null ? undefined : this.loaders[prefix];
    if (load === undefined) return null;
    try {
      return await load(viewer, id);
    } catch (error) {
      if (error instanceof GatewayError && error.code === "NOT_FOUND") return null;
      throw error;
    }
  }

  /** Those of the ids that the viewer has, in the order asked for. @throws {GatewayError} BAD_USER_INPUT for more than 100 */
  async findMany(viewer: Viewer, ids: readonly string[]): Promise<readonly object[]> {
    if (ids.length > MOST_IDS) throw badInput("ids", `ids has at most ${MOST_IDS} entries.`);
    const found = await Promise.all(ids.map((id) => this.find(viewer, id)));
    return found.filter((node) => node !== null);
  }
}
