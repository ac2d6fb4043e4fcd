/*
 * What is counted while requests are answered. A cell is looked up once and kept: adding to it then is an addition, where a
 * metrics library hashes the labels each time (0.8 to 1.5 microseconds, of forty that a whole request has).
 */

/** A number that only grows. */
export class Counter {
  value = 0;

  add(amount = 1): void {
    this.value += amount;
  }
}

/** How often a value was up to each of some bounds, ascending, and the sum of all. */
export class Histogram {
  readonly bounds: readonly number[];
  /** Values of each bucket alone, the last one for what is above all bounds. */
  readonly counts: Float64Array;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds, counts } = this;
    let index = 0;
    while (index < bounds.length && value > (bounds[index] as number)) index += 1;
    counts[index] = (counts[index] as number) + 1;
    this.sum += value;
  }
}

/** Most series of one metric; labels come from closed lists, so it is reached by a mistake alone. */
const MOST_CELLS = 2_000;
/** Stands for all labels of what came after. */
const OTHER = "other";

/** The cells of one metric, one for each combination of its labels' values that was met. */
export class Family<Cell extends Counter | Histogram> {
  readonly #cells = new Map<string, { readonly values: readonly string[]; readonly cell: Cell }>();

  constructor(
    readonly name: string,
    readonly help: string,
    readonly labels: readonly string[],
    private readonly make: () => Cell,
  ) {}

  /** The cell of these values, in the order of the labels. They must come from closed lists, never from a request. */
  of(...values: readonly string[]): Cell {
    const key = values.join("\n");
    const known = this.#cells.get(key);
    if (known !== undefined) return known.cell;
    if (this.#cells.size >= MOST_CELLS && values.some((value) => value !== OTHER)) return this.of(...values.map(() => OTHER));
    const cell = this.make();
    this.#cells.set(key, { values, cell });
    return cell;
  }

  /** All that was met so far. */
  entries(): Iterable<{ readonly values: readonly string[]; readonly cell: Cell }> {
    return this.#cells.values();
  }
}
