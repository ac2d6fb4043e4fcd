import { describe, expect, it } from "vitest";
import { problemOfAnswer } from "../../src/dashboard/client/problem.ts";
import { csvCell, csvLine } from "../../src/dashboard/parts/csv.ts";
import { relativeTime } from "../../src/dashboard/parts/time.tsx";

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

it("times are told so that their end can be planned for: in days up to a hundred, then in months, then in years", () => {
  const now = new Date("2026-11-27T12:00:00Z");
  const told = (days: number) => relativeTime(new Date(now.getTime() + days * 86_400_000 - 60_000), now);
  expect([1, 2, 8, 90, 366, 1_000].map(told)).toEqual([
    "in 23 hours",
    "tomorrow",
    "in 7 days",
    "in 89 days",
    "in 12 months",
    "in 2 years",
  ]);
  expect(told(-20)).toBe("20 days ago");
});

it("what is unavailable is told as the gateway tells it: it is not always the store", () => {
  const told = (message: string) => problemOfAnswer({ message, extensions: { code: "UNAVAILABLE" } }).message;
  const end = "Nothing was changed; try again in a moment.";
  expect(told("Too many requests are being worked on.")).toBe(`Too many requests are being worked on. ${end}`);
  expect(told("The store cannot be reached just now. Try again.")).toBe(`The store cannot be reached just now. ${end}`);
});
