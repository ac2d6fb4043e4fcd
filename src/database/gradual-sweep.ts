import { HOUR_MS } from "../durations.ts";
import type { Clock } from "../identifiers.ts";

/** Rows that one call looks at, whatever it deletes of them. */
export const SWEPT_AT_ONCE = 500;

/** After a table's end nothing is looked at for so long, in milliseconds. */
const REST_MS = HOUR_MS;

/**
 * Deletes what is over among the next rows after a place, in the order of an index: at most `SWEPT_AT_ONCE`, the first ones after
 * null. Resolves with the last one's place, or null when there was no next row.
 */
export type SweepNext<Place> = (after: Place | null) => Promise<Place | null>;

/**
 * Goes through a large table a few rows at a call, so that what stays is not read again each time, and rests at its end. A process
 * that starts begins anew; several that do the same do nobody harm.
 */
export function createGradualSweep<Place>(sweepNext: SweepNext<Place>, clock: Clock): () => Promise<void> {
  let place: Place | null = null;
  let restsUntil = 0;
  return async () => {
    const now = clock.now().getTime();
    // The second half: a clock that was ahead must not have it rest until then.
    if (now < restsUntil && restsUntil <= now + REST_MS) return;
    place = await sweepNext(place);
    restsUntil = place === null ? now + REST_MS : 0;
  };
}
