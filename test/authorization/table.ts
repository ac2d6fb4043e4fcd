import { VERDICTS } from "./verdicts.ts";

export type Row = {
  /** As it stands in the table, with what tells apart several inputs of one operation. */
  readonly name: string;
  readonly operation: string;
  readonly needs: string;
  /** A word for each column. */
  readonly verdicts: readonly string[];
};

const [[, , header = ""] = [], ...lines] = VERDICTS.trim()
  .split("\n")
  .map((line) => line.split("|").map((part) => part.trim()));

/** Names of the columns of verdicts. */
export const COLUMNS: readonly string[] = header.split(/ +/);

export const ROWS: readonly Row[] = lines.map(([name = "", needs = "", verdicts = ""]) => ({
  name,
  operation: name.replace(/ \(.*\)$/, ""),
  needs,
  verdicts: verdicts.split(/ +/),
}));

/** A line of the table. */
export function writeRow({ name, needs, verdicts }: Omit<Row, "operation">): string {
  const cells = COLUMNS.map((column, place) => (verdicts[place] ?? "?").padEnd(Math.max(column.length, "null".length)));
  return `${name.padEnd(54)} | ${needs.padEnd(23)} | ${cells.join(" ").trimEnd()}`;
}
