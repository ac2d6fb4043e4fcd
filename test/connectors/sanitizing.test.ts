import { expect, test } from "vitest";
import { createMask } from "../../src/connectors/sanitizing.ts";

const SECRETS = [
  "correct horse battery",
  `p"a'ss/wörd+&<%~!*()`,
  "abcd1234",
  "C:\\path\\to",
  "пароль-секрет",
  "\ud800half-a-pair",
];

const FORMS: Readonly<Record<string, (secret: string) => string>> = {
  raw: (secret) => secret,
  "URL-encoded": (secret) => encodeURIComponent(Buffer.from(secret).toString()),
  "form-encoded": (secret) => new URLSearchParams([["", secret]]).toString().slice(1),
  "URL-encoded in lower case": (secret) =>
    encodeURIComponent(Buffer.from(secret).toString()).replace(/%../g, (code) => code.toLowerCase()),
  base64: (secret) => Buffer.from(secret).toString("base64"),
  "base64 without padding": (secret) => Buffer.from(secret).toString("base64").replace(/=+$/, ""),
  base64url: (secret) => Buffer.from(secret).toString("base64url"),
  "basic authentication": (secret) => Buffer.from(`jane@example.com:${secret}`).toString("base64"),
  "JSON-escaped": (secret) => JSON.stringify(secret).slice(1, -1),
  "JSON with escaped slashes": (secret) => JSON.stringify(secret).slice(1, -1).replaceAll("/", "\\/"),
  hex: (secret) => Buffer.from(secret).toString("hex"),
  HEX: (secret) => Buffer.from(secret).toString("hex").toUpperCase(),
  "HTML-escaped": (secret) =>
    secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;"),
};

test.each(Object.entries(FORMS))("a secret echoed %s is masked whole", (_, form) => {
  for (const secret of SECRETS) {
    const mask = createMask([secret], ["jane@example.com"]);
    expect([secret, mask(`before ${form(secret)} between ${form(secret)} after`)]).toEqual([
      secret,
      "before *** between *** after",
    ]);
  }
});

test("a secret inside of longer base64 leaves nothing that decodes to half of it", () => {
  const secret = "correct horse battery";
  const mask = createMask([secret], []);
  for (const before of ["", "x", "xy", "xyz", '{"password":"']) {
    const masked = mask(Buffer.from(`${before}${secret}","more":1}`).toString("base64"));
    const decoded = masked.split("***").map((part) => Buffer.from(part, "base64").toString("latin1"));
    expect(decoded.some((part) => part.includes("orrect") || part.includes("horse") || part.includes("batte"))).toBe(false);
  }
});

test("of two secrets the longer goes first, and nothing of either remains", () => {
  const mask = createMask(["pass", 'pass "word"', "password"], []);
  expect(mask(`password pass pass%20%22word%22 ${JSON.stringify({ said: 'pass "word"' })}`)).toBe('*** *** *** {"said":"***"}');
});

test("secrets under four characters and empty ones change nothing", () => {
  expect(createMask(["", "abc"], ["", "x"])("abc is in the alphabet")).toBe("abc is in the alphabet");
});
