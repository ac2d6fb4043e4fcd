import { describe, expect, it } from "vitest";
import { csvCell, csvLine } from "../../src/dashboard/parts/csv.ts";

describe("an exported cell", () => {
  it("that a spreadsheet would run as a formula begins with an apostrophe", () => {
    const formulas = ["=1+1", "+41 22 700", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1"];
    expect(formulas.map(csvCell)).toEqual(["'=1+1", "'+41 22 700", "'-2+3", "'@SUM(A1)", '"\'\t=1"', '"\'\r=1"', '"\'\n=1"']);
  });

  it("keeps numbers, negative ones too, and is empty where there is nothing", () => {
    expect([-12.5, 0, null, undefined, true].map(csvCell)).toEqual(["-12.5", "0", "", "", "true"]);
  });

  it("cannot break out of its quotes: a formula behind a comma, a quote or a line stays in the cell", () => {
    expect(csvLine(['Doe", "=1+1', "a,=1", "a\r\n=1"])).toBe('"Doe"", ""=1+1","a,=1","a\r\n=1"\r\n');
  });
});
