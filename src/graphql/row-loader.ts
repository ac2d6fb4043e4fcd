import DataLoader from "dataloader";

/** What was loaded ahead is there at once, and else promised. */
export type Loaded<Value> = Value | Promise<Value>;

/** What is made of a value once it is there. */
export function whenLoaded<Value, Result>(value: Loaded<Value>, make: (value: Value) => Result): Loaded<Result> {
  return value instanceof Promise ? value.then(make) : make(value);
}

/**
 * Loads what hangs on rows, one read for many of them. What is there already is given as it is, without a promise: a list that
 * knows beforehand what it will be asked for makes none for each field of each row.
 */
export class RowLoader<Key, Value> {
  readonly #known = new Map<Key, Value>();
  readonly #loader: DataLoader<Key, Value>;

  /** `readMany` gives the values of keys in their order. */
  constructor(readMany: (keys: readonly Key[]) => Promise<readonly Value[]>) {
    this.#loader = new DataLoader(readMany);
  }

  load(key: Key): Loaded<Value> {
    const value = this.#known.get(key);
    return value !== undefined || this.#known.has(key) ? (value as Value) : this.#loader.load(key);
  }

  /** A value that was read already; from then on it is given at once. */
  note(key: Key, value: Value): void {
    this.#known.set(key, value);
  }
}
