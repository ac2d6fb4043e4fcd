import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

/** How many requirements each group has. */
const GROUPS = { C: 17, P: 6, J: 8, T: 7, S: 8, L: 6, A: 8, G: 11, F: 11, X: 10, U: 5, D: 7, B: 4, R: 6, Y: 6, O: 3 };

/** How many requirements each section of ASVS 5.0.0 has, chapter by chapter, and which of them are of level 3. */
const SECTIONS =
  "2 10 12 3 3/3 3 5 2/1 3 5 8 8 1 5/5 5 2 4/1 6 3 3/3 12 8 6 8 4 2 4/3 4 2 5 3 2/4 4 3 2/3 4/2 3 5 16 5 2 3/4 5 5 4 2 2 2/5 2 5/4 6 4 7/2 8 3/5 5 7 4/1 5 4 3 4/2 8 2";
const LEVEL_3 = `1.2.10 1.3.12 1.5.3 2.3.5 2.4.2 3.1.1 3.2.3 3.3.5 3.4.7 3.4.8 3.5.6 3.5.7 3.5.8 3.6.1 3.7.3 3.7.4 3.7.5
  4.1.4 4.1.5 4.2.2 4.2.3 4.2.4 4.2.5 5.2.4 5.2.5 5.2.6 5.3.3 6.3.5 6.3.6 6.3.7 6.3.8 6.4.5 6.4.6 6.5.6 6.5.7 6.5.8 6.6.4
  6.7.1 6.7.2 7.5.3 8.1.3 8.1.4 8.2.4 8.3.2 8.3.3 8.4.2 10.2.3 10.3.5 10.4.12 10.4.13 10.4.14 10.4.15 10.4.16 11.1.3 11.1.4
  11.2.4 11.2.5 11.3.4 11.3.5 11.5.2 11.6.2 11.7.1 11.7.2 12.1.4 12.1.5 12.3.5 13.1.2 13.1.3 13.1.4 13.2.6 13.3.3 13.3.4
  13.4.6 13.4.7 14.2.5 14.2.6 14.2.7 14.2.8 15.1.4 15.1.5 15.2.4 15.2.5 15.4.1 15.4.2 15.4.3 15.4.4 16.5.4 17.1.2 17.2.5
  17.2.6 17.2.7 17.2.8`.split(/\s+/);

const count = (most: number | string) => Array.from({ length: Number(most) }, (_, index) => index + 1);

/** The ids of ASVS 5.0.0's levels 1 and 2, in order. */
function idsOfAsvs(): string[] {
  const ids = SECTIONS.split("/").flatMap((sections, chapter) =>
    sections.split(" ").flatMap((most, section) => count(most).map((number) => `${chapter + 1}.${section + 1}.${number}`)),
  );
  return ids.filter((id) => !LEVEL_3.includes(id)).map((id) => `V${id}`);
}

type Row = { readonly id: string; readonly cells: readonly string[]; readonly evidence: readonly string[] };

/** The rows of a document's tables whose first cell is an id; the last one says what holds it, one entry a `<br>`. */
function readRows(document: string, id: RegExp): Row[] {
  const lines = readFileSync(document, "utf8").split("\n");
  const rows = lines.map((line) => line.split("|").map((cell) => cell.trim()));
  return rows
    .map((row) => row.slice(1, -1))
    .filter(([first = ""]) => id.test(first))
    .map((cells) => ({ id: cells[0] ?? "", cells, evidence: (cells.at(-1) ?? "").split("<br>") }));
}

const NOT_COVERED = /^not covered, because \S/;
const EVIDENCE = /^`(\S+)` (.+)$/;

/** What is wrong with an entry that is neither an existing test's title, or other words, in its file nor an honest "not covered". */
function faultOf(entry: string): string | null {
  if (NOT_COVERED.test(entry)) return null;
  const [, file = "", words = ""] = EVIDENCE.exec(entry) ?? [];
  const source = [path.join("test", file), file].find((each) => file !== "" && existsSync(each));
  if (source === undefined) return `no such file: ${entry}`;
  // A title in quotes of either kind; code in backticks inside a title stays as it is.
  return readFileSync(source, "utf8").replaceAll("\\", "").includes(words) ? null : `no such words: ${entry}`;
}

const faultsOf = (rows: readonly Row[]) =>
  rows.flatMap(({ id, evidence }) => evidence.map(faultOf).flatMap((fault) => (fault ? [`${id}: ${fault}`] : [])));

describe("the table of requirements in SECURITY.md", () => {
  const rows = readRows(".github/SECURITY.md", /^[A-Z]\d+$/);

  it("has every requirement once, in order", () => {
    const ids = Object.entries(GROUPS).flatMap(([group, most]) => count(most).map((number) => `${group}${number}`));
    expect(rows.map(({ id }) => id)).toEqual(ids);
  });

  it("names tests that exist, or says that there is none and why", () => {
    expect(faultsOf(rows)).toEqual([]);
  });
});

describe("the assessment in ASVS.md", () => {
  const rows = readRows(".github/ASVS.md", /^V\d+\.\d+\.\d+/);

  /** The ids of a cell: some by commas, or the first and the last of a section's that stand together. */
  const idsOf = ({ id }: Row) =>
    id.split(", ").flatMap((part) => {
      const [first = "", last = first] = part.split("–");
      const section = first.slice(0, first.lastIndexOf(".") + 1);
      const numberOf = (each: string) => Number(each.slice(section.length));
      return count(numberOf(last) - numberOf(first) + 1).map((step) => `${section}${numberOf(first) + step - 1}`);
    });
  const isOfLevel3 = (id: string) => LEVEL_3.includes(id.slice(1));
  const verdictOf = ({ cells: [, applies, how = ""] }: Row) =>
    applies === "no" ? "does not apply" : (/^(in part|not met): \S/.exec(how)?.[1] ?? "met");

  it("has every requirement of levels 1 and 2 once, in order", () => {
    expect(rows.flatMap(idsOf).filter((id) => !isOfLevel3(id))).toEqual(idsOfAsvs());
    expect(rows.filter(({ cells }) => cells.length !== 4 || !/^(yes|no)$/.test(cells[1] ?? "")).map(({ id }) => id)).toEqual([]);
  });

  it("names tests, code and documents that exist wherever a requirement applies", () => {
    expect(faultsOf(rows.filter((row) => verdictOf(row) !== "does not apply"))).toEqual([]);
  });

  it("sums up what its rows say, and names each requirement that is not met", () => {
    const text = readFileSync(".github/ASVS.md", "utf8");
    const idsWith = (verdict: string) =>
      rows
        .filter((row) => verdictOf(row) === verdict)
        .flatMap(idsOf)
        .filter((id) => !isOfLevel3(id));
    const sums = ["met", "in part", "not met", "does not apply"].map((verdict) => idsWith(verdict).length);
    expect(text).toContain(`| 1 and 2 | ${idsOfAsvs().length} | ${sums.join(" | ")} |`);
    for (const verdict of ["in part", "not met"]) expect(text).toContain(`${verdict}: ${idsWith(verdict).join(" ")}\n`);
  });
});
