import { fromUUIDBytes } from "typeid-js";
import { v7 } from "uuid";

/**
 * The type prefixes of ids. An id is `prefix_` and a UUIDv7 in base32, so ids sort by time of creation and tell
 * their type: `Query.node` finds a record by the prefix alone.
 */
export const ID_PREFIXES = [
  "user",
  "session",
  "refresh",
  "factor",
  "recovery",
  "key",
  "token",
  "credential",
  "version",
  "test",
  "run",
  "contact",
  "product",
  "project",
  "event",
  "chain",
] as const;

/** What an id begins with, and so the type of its record. */
export type IdPrefix = (typeof ID_PREFIXES)[number];

/** Makes a new id of a type. */
export type MakeId = (prefix: IdPrefix) => string;

const uuid = new Uint8Array(16);

/**
 * A new id of a type, greater than all made before it in the same millisecond order. By way of bytes: `typeid-js` alone writes a
 * UUID out, reads it and checks what came of it, three times the work, which every row of a sync and every audit event would pay.
 */
export const makeId: MakeId = (prefix) => fromUUIDBytes(prefix, v7(undefined, uuid));

const ID_SHAPE = /^([a-z]{1,20})_[0-7][0-9abcdefghjkmnpqrstvwxyz]{25}$/;

/** The prefix of a well-formed id, or null: what is no id cannot be in the store and need not be looked up. */
export function idPrefixOf(id: string): IdPrefix | null {
  const prefix = ID_SHAPE.exec(id)?.[1];
  return ID_PREFIXES.find((known) => known === prefix) ?? null;
}

/** What says how late it is; tests have clocks of their own. */
export type Clock = { now(): Date };

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };

/** How far ahead of the clock a stored time may be, in milliseconds: clocks are set back a little now and then. */
const CLOCK_MARGIN_MS = 10 * 60_000;

/** True for a stored time that lies ahead: a clock was wrong when it was written, and what it begins is not believed. */
export function isAhead(time: Date, now: Date, marginMs = CLOCK_MARGIN_MS): boolean {
  return time.getTime() > now.getTime() + marginMs;
}
