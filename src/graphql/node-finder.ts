import type { Viewer } from "../access/viewer.ts";
import { GatewayError } from "../errors.ts";
import { type IdPrefix, idPrefixOf } from "../identifiers.ts";

/** How to find the records of a type by id, for a viewer; null or NOT_FOUND when there is none that the viewer may see. */
export type NodeLoader = (viewer: Viewer, id: string) => Promise<object | null>;
export type NodeLoaders = Readonly<Partial<Record<IdPrefix, NodeLoader>>>;

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
}
