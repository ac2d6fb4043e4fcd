import { MINUTE_MS } from "../durations.ts";

/** Minutes that are kept: a day. */
export const RING_MINUTES = 1_440;

/** A minute, by its beginning, and what was added to each column in it. */
export type RingMinute = { readonly start: Date; readonly values: readonly number[] };

/** Sums of each minute of the last day, for a fixed number of columns; its memory is taken at once and never grows. */
export class MinuteRing {
  readonly #columns: number;
  readonly #sums: Float64Array;
  /** The minute, counted from 1970, that each place holds. */
  readonly #minutes = new Float64Array(RING_MINUTES).fill(-1);
  readonly #now: () => number;

  /** `now` is in milliseconds since 1970. */
  constructor(columns: number, now: () => number = Date.now) {
    this.#columns = columns;
    this.#sums = new Float64Array(columns * RING_MINUTES);
    this.#now = now;
  }

  add(column: number, amount = 1): void {
    const index = this.#placeOfNow() * this.#columns + column;
    this.#sums[index] = (this.#sums[index] as number) + amount;
  }

  /** The last so many minutes in their order, the one under way last; those without anything are zeros. */
  read(minutes: number): readonly RingMinute[] {
    const current = Math.floor(this.#now() / MINUTE_MS);
    const count = Math.min(Math.max(minutes, 1), RING_MINUTES);
    return Array.from({ length: count }, (_, index) => {
      const minute = current - count + 1 + index;
      const place = minute % RING_MINUTES;
      const isKept = this.#minutes[place] === minute;
      const begin = place * this.#columns;
      const values = isKept ? [...this.#sums.subarray(begin, begin + this.#columns)] : new Array<number>(this.#columns).fill(0);
      return { start: new Date(minute * MINUTE_MS), values };
    });
  }

  /** The place of the minute under way, emptied when it still holds yesterday's. */
  #placeOfNow(): number {
    const minute = Math.floor(this.#now() / MINUTE_MS);
    const place = minute % RING_MINUTES;
    if (this.#minutes[place] !== minute) {
      this.#minutes[place] = minute;
      this.#sums.fill(0, place * this.#columns, (place + 1) * this.#columns);
    }
    return place;
  }
}
