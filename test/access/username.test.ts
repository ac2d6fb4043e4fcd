import { expect, test } from "vitest";
import { canonicalise, parseUsername } from "../../src/access/username.ts";

test("case, full-width letters, stray spaces and the final sigma make no other name", () => {
  for (const spelling of ["ADMIN", " admin ", "ａｄｍｉｎ", "Admin\u00a0"]) expect(canonicalise(spelling)).toBe("admin");
  expect(canonicalise("Ada   Lovelace")).toBe("ada lovelace");
  expect(canonicalise("ΟΔΥΣΣΕΥΣ")).toBe(canonicalise("οδυσσευσ"));
  expect(canonicalise("ﬁona")).toBe("fiona");
});

test("letters of another script stay other names", () => {
  expect(canonicalise("аdmin")).not.toBe("admin"); // a Cyrillic а
});

test("the canonical form is its own canonical form", () => {
  for (const name of ["İstanbul", "ﷺ", "Straße", "ǅ", "K", "a\u0301\u0323"]) {
    expect(canonicalise(canonicalise(name))).toBe(canonicalise(name));
  }
});

test("a user name keeps what was typed but for the space around it", () => {
  expect(parseUsername("  Ada Lovelace ")).toEqual({ username: "Ada Lovelace", canonicalName: "ada lovelace" });
  expect(parseUsername("x".repeat(64))).toEqual({ username: "x".repeat(64), canonicalName: "x".repeat(64) });
});

test("empty, overlong and invisible user names are refused", () => {
  const bad = [
    "",
    "   ",
    "x".repeat(65),
    "ﷺ".repeat(4),
    "a\u0000b",
    "a\nb",
    "a\u200bb",
    "a\u202eb",
    "\ud800",
    "x".repeat(1_000_000),
  ];
  expect(bad.map(parseUsername)).toEqual(bad.map(() => null));
});
