import { describe, expect, test } from "vitest";
import { GatewayError } from "../../src/errors.ts";
import { joinCallUrl, parseCallTarget, requireCallMethod } from "../../src/upstream/call-target.ts";

const BASE = "https://api.example.com/v1/";
const join = (path: string, injected?: Record<string, string>) => joinCallUrl(BASE, parseCallTarget(path), injected);

describe("a path below the base URL is joined once and sent as it was written", () => {
  test.each([
    ["/models", "https://api.example.com/v1/models"],
    ["models", "https://api.example.com/v1/models"],
    ["", "https://api.example.com/v1/"],
    ["/", "https://api.example.com/v1/"],
    ["/models/", "https://api.example.com/v1/models/"],
    ["/models?limit=5&after=a%2Fb", "https://api.example.com/v1/models?limit=5&after=a%2Fb"],
    ["/a%2Fb/c%20d", "https://api.example.com/v1/a%2Fb/c%20d"],
    ["/users/ada@example.com", "https://api.example.com/v1/users/ada@example.com"],
    ["/ada@example.com", "https://api.example.com/v1/ada@example.com"],
    ["/a;v=1,2/b:c", "https://api.example.com/v1/a;v=1,2/b:c"],
    ["/.well-known/x", "https://api.example.com/v1/.well-known/x"],
    ["/...", "https://api.example.com/v1/..."],
    ["/a..b/c.", "https://api.example.com/v1/a..b/c."],
    ["/100%25", "https://api.example.com/v1/100%25"],
    ["/Zürich/a b", "https://api.example.com/v1/Z%C3%BCrich/a%20b"],
    ["/search?q=ü x&u=https://other.example/../?", "https://api.example.com/v1/search?q=%C3%BC%20x&u=https://other.example/../?"],
    ["/x?q=line%0D%0Aend%00", "https://api.example.com/v1/x?q=line%0D%0Aend%00"],
  ])("%j", (path, url) => expect(join(path)).toBe(url));
});

describe("a path that could lead elsewhere, or mean two things to two servers, is refused", () => {
  const dots = [
    "..",
    ".",
    "%2e%2e",
    "%2E%2e",
    ".%2e",
    "%2e",
    "%252e%252e",
    "%25252e%25252e",
    "..;x=1",
    "%2e%2e;",
    "..%20",
    "..%09",
  ];
  const folded = [
    "\uff0e\uff0e",
    "%ef%bc%8e%ef%bc%8e",
    "\u2025",
    "%E2%80%A5",
    "..%2f..",
    "x%2f..%2fy",
    "a%2f%2e%2e",
    "x%252f..",
    "..\uff0fx",
  ];
  const bytes = [
    "%00",
    "%0a",
    "%0d",
    "%0D%0A",
    "a%00b",
    "%2500",
    "\0",
    "\r",
    "\n",
    "\t",
    "\u007f",
    "\u0085",
    "%C2%85",
    "%250d%250a",
  ];
  const slashes = ["\\", "a\\b", "%5c", "%5C..", "%255c", "..\\..", "%ef%bc%bc", "\uff3c"];
  const broken = ["%", "%zz", "%2", "%c0%ae%c0%ae", "%e9", "%u002e", "\ud800", "%ff"];
  test.each([...dots, ...folded, ...bytes, ...slashes, ...broken])("the segment %j", (segment) => {
    for (const path of [segment, `/${segment}`, `/a/${segment}`, `/a/${segment}/b`, `${segment}/b`]) {
      expect(() => parseCallTarget(path), JSON.stringify(path)).toThrow(GatewayError);
    }
  });

  test.each([
    "//evil.example/x",
    "///evil.example",
    "/a//b",
    "https://evil.example/x",
    "http:/%2fevil.example//x",
    "@evil.example/x",
    "/@evil.example",
    "%40evil.example/x",
    "/%2540evil.example/x",
    "/%2f@evil.example",
    "/x#fragment",
    `/${"a".repeat(9_000)}`,
    `/%${"25".repeat(8)}41`,
  ])("%j", (path) => {
    expect(() => parseCallTarget(path)).toThrow(expect.objectContaining({ code: "BAD_USER_INPUT", field: "path" }));
  });
});

test("a base URL without a path, and one with, get exactly one slash between", () => {
  const target = parseCallTarget("x/y");
  expect(
    ["https://a.example", "https://a.example/", "https://a.example/p", "https://a.example/p//"].map((base) =>
      joinCallUrl(base, target),
    ),
  ).toEqual(["https://a.example/x/y", "https://a.example/x/y", "https://a.example/p/x/y", "https://a.example/p/x/y"]);
});

test.each([
  "not a url",
  "https://a.example/?x=1",
  "https://a.example/#x",
  "https://u:p@a.example/",
  "https://a.example\\@b.example/",
])("the base URL %j cannot be called below", (base) =>
  expect(() => joinCallUrl(base, parseCallTarget("x"))).toThrow(expect.objectContaining({ code: "INVALID_FIELDS" })),
);

test("an injected parameter replaces the caller's of that name, however the name is written", () => {
  const query = "key=mine&a=1&KEY=2&%6bey=3&key%5B%5D=4&key[0]=5&+key=6&%20key=7&keys=8&b=key&%zz=9";
  expect(join(`/x?${query}`, { key: "a&b=c ü" })).toBe(
    "https://api.example.com/v1/x?a=1&keys=8&b=key&%zz=9&key=a%26b%3Dc%20%C3%BC",
  );
});

test("only the methods of the list are passed on", () => {
  expect(requireCallMethod("PATCH")).toBe("PATCH");
  for (const method of ["TRACE", "CONNECT", "OPTIONS", "get", "GET ", "GET\r\nX: y", ""]) {
    expect(() => requireCallMethod(method), method).toThrow(expect.objectContaining({ code: "BAD_USER_INPUT", field: "method" }));
  }
});
