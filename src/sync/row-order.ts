import { timeText } from "../database/time-text.ts";
import { badInput } from "../errors.ts";

/** What synced rows can be sorted by: the upstream's ids, their names, their last change there. */
export const ROW_SORTS = ["ID", "NAME", "UPDATED"] as const;
export type RowSort = (typeof ROW_SORTS)[number];

/** Upwards and downwards. */
export const SORT_DIRECTIONS = ["ASC", "DESC"] as const;
export type SortDirection = (typeof SORT_DIRECTIONS)[number];

/** An order in which every row has one place: upstream ids decide between rows that are alike. */
export type RowOrder = { readonly sort: RowSort; readonly direction: SortDirection };

/** The order of a list that asks for none: that of the upstream's ids. */
export const BY_ID: RowOrder = { sort: "ID", direction: "ASC" };

/** A row's place in an order: `value` is its sort name or the text of its time, empty in the order of ids. */
export type RowPlace = { readonly value: string; readonly upstreamId: number };

/** The greatest id that fits the column, and GraphQL's Int. */
export const MAX_UPSTREAM_ID = 2_147_483_647;

type SortedRow = { readonly upstreamId: number; readonly sortName: string; readonly upstreamUpdatedAt: Date };

/** Where a row stands in an order, as the key of a cursor. */
export function placeKeyOf(row: SortedRow, { sort }: RowOrder): string {
  if (sort === "ID") return String(row.upstreamId);
  return JSON.stringify([sort, sort === "NAME" ? row.sortName : timeText(row.upstreamUpdatedAt), row.upstreamId]);
}

/** The place that a cursor's key names; null for none. @throws {GatewayError} BAD_USER_INPUT for a cursor of another order */
export function parsePlace(key: string | null, { sort }: RowOrder): RowPlace | null {
  if (key === null) return null;
  const [cursorSort, value, upstreamId] = sort === "ID" ? ["ID", "", Number(key)] : readKey(key);
  const isId = Number.isInteger(upstreamId) && Number(upstreamId) >= 0 && Number(upstreamId) <= MAX_UPSTREAM_ID;
  const isTime = sort !== "UPDATED" || (typeof value === "string" && isTimeText(value));
  if (cursorSort !== sort || typeof value !== "string" || value.includes("\0") || !isId || !isTime)
    throw badInput("after", "after is not a cursor of this list in this order.");
  return { value, upstreamId: Number(upstreamId) };
}

/** Only what a row can have: a time that is none is an error to PostgreSQL, as is the year 0. */
function isTimeText(text: string): boolean {
  const time = new Date(text);
  return /^(?!0000)\d{4}-/.test(text) && !Number.isNaN(time.getTime()) && timeText(time) === text;
}

function readKey(key: string): readonly unknown[] {
  try {
    const read: unknown = JSON.parse(key);
    return Array.isArray(read) ? read : [];
  } catch {
    return [];
  }
}
