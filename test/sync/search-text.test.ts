import { expect, test } from "vitest";
import { normalizeText, searchTextOf } from "../../src/sync/search-text.ts";

test.each([
  ["José  García", "jose garcia"],
  ["ÅNGSTRÖM", "angstrom"],
  ["İstanbul", "istanbul"],
  ["ＦＵＬＬ　ｗｉｄｔｈ", "full width"],
  ["½ ﬁsh", "1⁄2 fish"],
  ["  50%_off \n", "50%_off"],
  ["東京 😀", "東京 😀"],
])("%s is looked for as %s", (text, normalized) => {
  expect(normalizeText(text)).toBe(normalized);
});

test("a row's searched text has a line for each field that is not empty", () => {
  expect(searchTextOf(["José", null, "", "a@b.test"])).toBe("jose\na@b.test");
});
