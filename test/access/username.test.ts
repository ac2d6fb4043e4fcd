import { expect, test } from "vitest";
import { canonicalise, parseNewUsername, parseUsername } from "../../src/access/username.ts";

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

test("no new name looks like another, or like nothing, by characters that a font draws as nothing", () => {
  const shapeless = ["\u034f", "\u115f", "\u3164", "\uffa0", "\u17b5", "\u180b", "\u2065", "\u2800", "\ufe0f", "\u{e0101}"];
  const names = shapeless.flatMap((character) => [character, `admin${character}`, `ad${character}min`]);
  expect(names.map(parseNewUsername)).toEqual(names.map(() => null));
  // Who has one already signs in with it.
  expect(parseUsername("admin\ufe0f")).toEqual({ username: "admin\ufe0f", canonicalName: "admin\ufe0f" });
  for (const name of ["ada", "Ada Lovelace", "日本", "a\u0301da", "ᄀ"])
    expect(parseNewUsername(name)).toEqual(parseUsername(name));
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
  expect(bad.map(parseNewUsername)).toEqual(bad.map(() => null));
});
