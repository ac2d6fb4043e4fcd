import DataLoader from "dataloader";

/** What was loaded ahead is there at once, and else promised. */
export type Loaded<Value> = Value | Promise<Value>;

/** What is made of a value once it is there. */
export function whenLoaded<Value, Result>(value: Loaded<Value>, make: (value: Value) => Result): Loaded<Result> {
  return value instanceof Promise ? value.then(make) : make(value);
}

/**
 * Loads what hangs on rows, one read for many of them. What is there already is given as it is, without a promise: a list that
 * loads ahead what it will be asked for makes none for each field of each row.
 */
export class RowLoader<Key, Value> {
  readonly #loaded = new Map<Key, Value>();
  readonly #readMany: (keys: readonly Key[]) => Promise<readonly Value[]>;
  readonly #loader: DataLoader<Key, Value>;

  /** `readMany` gives the values of keys in their order. */
  constructor(readMany: (keys: readonly Key[]) => Promise<readonly Value[]>) {
    this.#readMany = readMany;
    this.#loader = new DataLoader((keys: readonly Key[]) => this.loadAhead(keys));
  }

  load(key: Key): Loaded<Value> {
    const value = this.#loaded.get(key);
    return value !== undefined || this.#loaded.has(key) ? (value as Value) : this.#loader.load(key);
  }

  /** The values of the keys; from then on they are given at once. */
  async loadAhead(keys: readonly Key[]): Promise<readonly Value[]> {
    const values = await this.#readMany(keys);
    for (const [place, key] of keys.entries()) this.#loaded.set(key, values[place] as Value);
    return values;
  }
}
