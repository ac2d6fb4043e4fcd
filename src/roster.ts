type Entry<Item> = { readonly item: Item; place: number };

/**
 * What is there for a while, in no order. Not a Set, where much comes and goes: V8 links each table that a Set has outgrown, or
 * that is full of what was deleted, to the next one, and once such a table is old, all that follow outlive the young
 * generation together with what was in them when they were left. Of a busy server that was every answer, and its request.
 */
export class Roster<Item> implements Iterable<Item> {
  readonly #entries: Entry<Item>[] = [];

  /** Adds an item; what comes back takes it away again, and does nothing the next time. */
  add(item: Item): () => void {
    const entry: Entry<Item> = { item, place: this.#entries.length };
    this.#entries.push(entry);
    return () => this.#remove(entry);
  }

  *[Symbol.iterator](): Iterator<Item> {
    for (const { item } of this.#entries) yield item;
  }

  /** The last one takes its place. */
  #remove(entry: Entry<Item>): void {
    if (this.#entries[entry.place] !== entry) return;
    const last = this.#entries.pop();
    if (last === undefined || last === entry) return;
    this.#entries[entry.place] = last;
    last.place = entry.place;
  }
}
