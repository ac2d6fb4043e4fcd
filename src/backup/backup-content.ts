import { z } from "zod";
import type { PortableValue } from "../database/stored-value.ts";
import { BackupError } from "./backup-error.ts";

/*
 * The content, a line of JSON each: for a portable backup the key that its credentials are sealed under, then for each
 * table a line with its columns and a line for each row, and at the end how many rows each table had.
 */

export type Row = readonly PortableValue[];
export type ContentLine =
  | { readonly kind: "keys"; readonly ring: string }
  | { readonly kind: "table"; readonly table: string; readonly columns: readonly string[] }
  | { readonly kind: "row"; readonly row: Row }
  | { readonly kind: "end"; readonly counts: Readonly<Record<string, number>> };

const cell = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.strictObject({ b: z.string() }),
  z.strictObject({ i: z.string() }),
]);
const marked = z.union([
  z.strictObject({ keys: z.string() }),
  z.strictObject({ table: z.string(), columns: z.array(z.string()).min(1) }),
  z.strictObject({ end: z.record(z.string(), z.number()) }),
]);

/** A line of the content as text. */
export function formatLine(line: ContentLine): string {
  if (line.kind === "row") return JSON.stringify(line.row);
  if (line.kind === "keys") return JSON.stringify({ keys: line.ring });
  if (line.kind === "end") return JSON.stringify({ end: line.counts });
  return JSON.stringify({ table: line.table, columns: line.columns });
}

/** A line of the content. @throws {BackupError} for what no backup of this format has */
function parseLine(text: string): ContentLine {
  try {
    const document: unknown = JSON.parse(text);
    if (Array.isArray(document)) return { kind: "row", row: z.array(cell).parse(document) };
    const line = marked.parse(document);
    if ("keys" in line) return { kind: "keys", ring: line.keys };
    return "end" in line ? { kind: "end", counts: line.end } : { kind: "table", ...line };
  } catch {
    throw new BackupError("The backup has a line that this version does not understand.");
  }
}

/** What is told of each table's rows, in order. */
export type ContentReader = {
  readonly onKeys?: (ring: string) => void;
  readonly onRows: (table: string, columns: readonly string[], rows: readonly Row[]) => Promise<void>;
};

const ROWS_AT_ONCE = 200;

/** Reads the content to its end, in batches of rows. Gives how many rows each table had. @throws {BackupError} */
export async function readContent(
  lines: AsyncIterable<string>,
  { onKeys, onRows }: ContentReader,
): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  let current: { readonly table: string; readonly columns: readonly string[] } | null = null;
  let end: Readonly<Record<string, number>> | null = null;
  let batch: Row[] = [];
  const flush = async () => {
    if (current !== null && batch.length > 0) await onRows(current.table, current.columns, batch);
    batch = [];
  };
  for await (const text of lines) {
    const line = parseLine(text);
    if (end !== null) throw new BackupError("The backup goes on after its end.");
    if (line.kind === "keys") onKeys?.(line.ring);
    else if (line.kind === "end") end = line.counts;
    else if (line.kind === "table") {
      await flush();
      current = line;
      counts[line.table] = 0;
    } else {
      if (current === null || line.row.length !== current.columns.length)
        throw new BackupError("The backup has a row of no table.");
      counts[current.table] = (counts[current.table] ?? 0) + 1;
      batch.push(line.row);
      if (batch.length >= ROWS_AT_ONCE) await flush();
    }
  }
  await flush();
  const isWhole = end !== null && JSON.stringify(Object.entries(end).sort()) === JSON.stringify(Object.entries(counts).sort());
  if (!isWhole) throw new BackupError("The backup does not have as many rows as it says.");
  return counts;
}
