import { describe, expect, test } from "vitest";
import { readJson } from "../../src/upstream/read-json.ts";

const answer = (body: string, type = "application/json") => ({
  status: 200,
  headers: { "content-type": type },
  body: Buffer.from(body),
});
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

describe("the JSON of an answer", () => {
  test.each([
    '{"a":[1,"x"]}',
    "null",
    '"[[[["',
    nested(64),
    JSON.stringify(`"${"[{".repeat(100)}\\"`),
    JSON.stringify(Array(1000).fill([{}])),
  ])("is read from %.30s", (body) => {
    expect(readJson(answer(body))).toEqual(JSON.parse(body));
  });

  test.each([
    ["nested over 64 deep", nested(65), /nested too deep/],
    ["nested deep enough to end the parser", "[".repeat(1_000_000), /nested too deep/],
    ["cut off", '{"secret": "canary', /not JSON/],
    ["empty", "", /not JSON/],
    ["a page that says it is JSON", "<!DOCTYPE html><p>canary", /web page/],
  ])("is refused when it is %s, without being repeated", (_, body, message) => {
    const read = () => readJson(answer(body), "AUTHENTICATE");
    expect(read).toThrow(
      expect.objectContaining({ code: "UNEXPECTED_RESPONSE", stage: "AUTHENTICATE", message: expect.stringMatching(message) }),
    );
    expect(read).not.toThrow(/canary/);
  });
});
