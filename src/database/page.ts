import { badInput } from "../errors.ts";

/** One page wanted: `first` rows after the cursor. */
export type PageRequest = { readonly first?: number | null | undefined; readonly after?: string | null | undefined };

/** One page found. The count of all rows is asked for only when somebody wants it. */
export type Page<Row> = {
  readonly rows: readonly Row[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly countAll: () => Promise<number>;
};

const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 100;

/** An opaque cursor for a row's key. */
export function encodeCursor(key: string): string {
  return Buffer.from(key).toString("base64url");
}

function decodeCursor(cursor: string): string {
  const key = Buffer.from(cursor, "base64url").toString();
  if (key === "" || encodeCursor(key) !== cursor) throw badInput("after", "after is not a cursor of this list.");
  return key;
}

/** The page size and the key to go on after; BAD_USER_INPUT naming `first` or `after` when they are not usable. */
function parsePageRequest({ first, after }: PageRequest): { limit: number; afterKey: string | null } {
  const limit = first ?? DEFAULT_PAGE_SIZE;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_SIZE) {
    throw badInput("first", `first must be between 1 and ${MAX_PAGE_SIZE}.`);
  }
  return { limit, afterKey: after == null ? null : decodeCursor(after) };
}

/**
 * Reads a page by key: `read` gets how many rows to take (one more than the page, which tells whether there is a next
 * one) and the key to go on after.
 */
export async function readPage<Row>(
  request: PageRequest,
  read: (take: number, afterKey: string | null) => Promise<readonly Row[]>,
  countAll: () => Promise<number>,
): Promise<Page<Row>> {
  const { limit, afterKey } = parsePageRequest(request);
  const rows = await read(limit + 1, afterKey);
  return { rows: rows.slice(0, limit), hasNextPage: rows.length > limit, hasPreviousPage: afterKey !== null, countAll };
}
