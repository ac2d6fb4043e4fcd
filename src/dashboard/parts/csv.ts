/** Cells that begin with one of these are formulas, or become some, in spreadsheets. */
const FORMULA_START = /^[=+\-@\t\r\n]/;

/**
 * A cell of RFC 4180. What a spreadsheet would run gets an apostrophe before it: names and notes come from other systems,
 * and whoever wrote them there would else run formulas here.
 */
export function csvCell(value: string | number | boolean | null | undefined): string {
  const text = value === null || value === undefined ? "" : String(value);
  const safe = typeof value !== "number" && FORMULA_START.test(text) ? `'${text}` : text;
  return /[",\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A line with its end. */
export function csvLine(values: readonly (string | number | boolean | null | undefined)[]): string {
  return `${values.map(csvCell).join(",")}\r\n`;
}

/** What spreadsheets know UTF-8 by. */
export const CSV_START = "\uFEFF";
