import { expect, test } from "vitest";
import { encodeParts } from "../../src/keys/associated-data.ts";

test("parts that join to the same text are encoded differently", () => {
  expect(encodeParts(["a|bc"])).not.toEqual(encodeParts(["ab|c"]));
  expect(encodeParts(["a", "bc"])).not.toEqual(encodeParts(["ab", "c"]));
  expect(encodeParts(["a", ""])).not.toEqual(encodeParts(["", "a"]));
  expect(encodeParts(["a", ""])).not.toEqual(encodeParts(["a"]));
});

test("each part follows its length in four bytes, text as UTF-8", () => {
  expect(encodeParts(["é", Uint8Array.of(1)]).toString("hex")).toBe("00000002c3a9" + "0000000101");
});

test("no two of many lists of short parts have the same encoding", () => {
  const parts = ["", "a", "|", "\0", "\0\0\0\u0001", "aa"];
  const lists = parts.flatMap((first) => [
    [first],
    ...parts.flatMap((second) => [[first, second], ...parts.map((third) => [first, second, third])]),
  ]);
  expect(new Set(lists.map((list) => encodeParts(list).toString("hex"))).size).toBe(lists.length);
});
