import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

/** How many requirements each group has. */
const GROUPS = { C: 17, P: 6, J: 8, T: 7, S: 8, L: 6, A: 8, G: 11, F: 11, X: 10, U: 5, D: 7, B: 4, R: 6, Y: 6, O: 3 };

type Row = { readonly id: string; readonly tests: readonly string[] };

/** The rows of the requirement tables: their ids and what stands for a test, one entry a `<br>`. */
function readRows(): Row[] {
  const rows = readFileSync(".github/SECURITY.md", "utf8").matchAll(/^\| ([A-Z]\d+) \|[^|]*\| (.+) \|$/gm);
  return [...rows].map(([, id = "", tests = ""]) => ({ id, tests: tests.split("<br>").map((entry) => entry.trim()) }));
}

const NOT_COVERED = /^not covered, because \S/;
const TEST = /^`(\S+)` (.+)$/;

/** What is wrong with an entry that is neither an existing test's title in its file nor an honest "not covered". */
function faultOf(entry: string): string | null {
  if (NOT_COVERED.test(entry)) return null;
  const [, file = "", title = ""] = TEST.exec(entry) ?? [];
  const source = path.join("test", file);
  if (file === "" || !existsSync(source)) return `no such test file: ${entry}`;
  // A title in quotes of either kind; code in backticks inside a title stays as it is.
  return readFileSync(source, "utf8").replaceAll("\\", "").includes(title) ? null : `no such title: ${entry}`;
}

describe("the table of requirements in SECURITY.md", () => {
  it("has every requirement once, in order", () => {
    const ids = Object.entries(GROUPS).flatMap(([group, count]) => Array.from({ length: count }, (_, i) => `${group}${i + 1}`));
    expect(readRows().map(({ id }) => id)).toEqual(ids);
  });

  it("names tests that exist, or says that there is none and why", () => {
    const faults = readRows().flatMap(({ id, tests }) =>
      tests.map(faultOf).flatMap((fault) => (fault ? [`${id}: ${fault}`] : [])),
    );
    expect(faults).toEqual([]);
  });
});
