import { expect, test } from "vitest";
import { encodeAuditText, MAX_AUDIT_TEXT } from "../../src/audit/audit-text.ts";

test("letters of any script, accents and emoji stay as they are", () => {
  for (const text of ["", "Ada", "Zoë Ångström", "日本語", "نص", "🦉", 'quote " and \\ back'])
    expect(encodeAuditText(text)).toBe(text);
});

test("every control, invisible or separating character is written as its code point", () => {
  for (const character of [
    "\0",
    "\n",
    "\r",
    "\t",
    "\u001b",
    "\u007f",
    "\u0085",
    "\u00ad",
    "\u200b",
    "\u202e",
    "\u2028",
    "\u2029",
    "\ufeff",
    "\udc00",
  ]) {
    expect(encodeAuditText(`a${character}b`)).toBe(`a\\u{${character.charCodeAt(0).toString(16)}}b`);
  }
});

test("long text is cut at a whole character, encoded ones counted in full", () => {
  expect(encodeAuditText("x".repeat(MAX_AUDIT_TEXT + 1)).length).toBe(MAX_AUDIT_TEXT);
  expect(encodeAuditText(`${"x".repeat(MAX_AUDIT_TEXT - 1)}🦉`)).toBe("x".repeat(MAX_AUDIT_TEXT - 1));
  expect(encodeAuditText("\n".repeat(MAX_AUDIT_TEXT))).toBe("\\u{a}".repeat(MAX_AUDIT_TEXT / 5));
});
