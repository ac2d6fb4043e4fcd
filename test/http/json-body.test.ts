import { expect, it } from "vitest";
import { parseJsonBody } from "../../src/http/json-body.ts";

const LIMITS = { JSON_DEPTH: 64, JSON_MEMBERS: 10_000 };
const parse = (text: string) => parseJsonBody(text, LIMITS);
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
const members = (count: number) => `{${Array.from({ length: count }, (_, index) => `"a${index}":1`).join(",")}}`;

it.each(['{"a":[1,{"b":"c:\\"d\\":"}]}', '"a"', "null", '{"a\\\\":1,"b" \n: {"a\\\\":2}}', nested(64), members(10_000)])(
  "a JSON body within the limits is what JSON says it is (%#)",
  (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  },
);

it.each([
  ["65 levels", nested(65)],
  ["100,000 levels", nested(100_000)],
  ["10,001 members", members(10_001)],
  ["10,001 elements", `[${Array.from({ length: 10_001 }, () => "1").join(",")}]`],
  ["a prototype", '{"a":{"__proto__":{"b":1}}}'],
  ["a prototype in escapes", '{"\\u005f_proto__":1}'],
  ["a constructor", '[{"constructor":{}}]'],
  ["a member twice", '{"a":1,"a":1}'],
  ["a member twice in escapes", '{"a":1,"\\u0061":2}'],
  ["a member twice far inside", '[[{"b":[{"a":1,"c":2,"a":3}]}]]'],
  ["what is no JSON", "{a:1}"],
  ["nothing", ""],
])("a JSON body with %s is refused", (_name, text) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ code: "BAD_USER_INPUT" }));
});

it("a body of a megabyte of quotes, backslashes or braces takes no longer than its length says", () => {
  const texts = [
    `"${'\\"'.repeat(500_000)}"`,
    `"${"\\\\".repeat(500_000)}"`,
    "{".repeat(1_000_000),
    `["${"a".repeat(1_000_000)}"]`,
  ];
  const begun = performance.now();
  for (const text of texts) {
    try {
      parse(text);
    } catch {}
  }
  expect(performance.now() - begun).toBeLessThan(2_000);
});
