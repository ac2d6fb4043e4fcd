import { type Clock, systemClock } from "../identifiers.ts";
import type { Database } from "./database.ts";

/** How often the server is asked for its time, in milliseconds, as long as the clock is looked at. */
const LOOK_MS = 5_000;
/** An answer that took longer tells too little of the moment that it is from, in milliseconds. */
const LONGEST_TRIP_MS = 500;

/** `trueTime` counts milliseconds from anywhere, and is never set; `ownTime` is what the machine's clock says. */
export type StoreClockOptions = { readonly trueTime?: () => number; readonly ownTime?: () => number };

/**
 * The clock that the nodes of a store share, so that what one issues or ends means the same to all: PostgreSQL's, carried on
 * by what this machine counts since it was last asked. A node whose own clock is wrong or jumps keeps time all the same. With
 * SQLite all processes are on one machine, and it is the machine's.
 */
export async function openStoreClock(
  { provider, client }: Pick<Database, "provider" | "client">,
  { trueTime = () => performance.now(), ownTime = () => Date.now() }: StoreClockOptions = {},
): Promise<Clock> {
  if (provider === "sqlite") return systemClock;
  let zero = Number.NaN;
  let lookedAt = 0;
  let ownZero = 0;
  const look = async () => {
    const asked = trueTime();
    lookedAt = asked;
    ownZero = ownTime() - asked;
    const [row] = await client.$queryRaw<{ milliseconds: number }[]>`
      SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS DOUBLE PRECISION) AS "milliseconds"`;
    const trip = trueTime() - asked;
    const isTelling = trip <= LONGEST_TRIP_MS || Number.isNaN(zero);
    if (row !== undefined && isTelling) zero = row.milliseconds - asked - trip / 2;
  };
  await look();
  return {
    now: () => {
      const time = trueTime();
      // A machine that slept has not counted, which shows by its own clock.
      const hasSlept = Math.abs(ownTime() - time - ownZero) > LONGEST_TRIP_MS;
      // While the server is away its time goes on here.
      if (hasSlept || time - lookedAt > LOOK_MS) void look().catch(() => undefined);
      return new Date(zero + time);
    },
  };
}
