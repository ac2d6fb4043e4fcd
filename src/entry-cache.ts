import { LRUCache } from "lru-cache";

/**
 * A cache of so many entries, of which those go first that were not used for longest. It takes memory as it fills: told
 * `max`, the library takes what the last entry would need at once, megabytes and milliseconds at every start.
 */
export function createEntryCache<Key extends {}, Value extends {}>(most: number): LRUCache<Key, Value> {
  return new LRUCache({ maxSize: most, sizeCalculation: () => 1 });
}
