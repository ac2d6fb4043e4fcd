const LINES = ["\n", "\r", "\r\n", "\n\n", "\u0085", "\u2028", "\u2029", "\v", "\f", "\u001e", "%0a", "%0d%0a", "\\n", "\\u000a"];

/** What a forged line would look like: in the log, in the export of the trail, as a row of a table, as a header. */
const FORGED = [
  '{"level":"info","time":"2026-01-01T00:00:00.000Z","msg":"forged"}',
  '{"type":"event","action":"FORGED","outcome":"SUCCEEDED","actorId":"user_x"}',
  '{"type":"end","events":0,"signature":"AAAA"}',
  "forged,FORGED,SUCCEEDED",
  "Set-Cookie: forged=1",
  "2026-01-01T00:00:00Z INFO forged",
];

const MARKUP = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  '"><svg/onload=alert(1)>',
  "</textarea><script>alert(1)</script>",
  "javascript:alert(1)",
  "{{constructor.constructor('alert(1)')()}}",
  "$\u007balert(1)}",
  "<!--#exec cmd='id'-->",
  "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
  "&lt;b&gt;&amp;amp;",
];

const COMMANDS = [
  "' OR 1=1 --",
  '\'; DROP TABLE "AuditEvent"; --',
  "$(touch /tmp/forged)",
  "`id`",
  "| cat /etc/passwd",
  "%n%s%x%p",
  "$\u007bjndi:ldap://127.0.0.1/a}",
  "../../../../etc/passwd",
  '=HYPERLINK("http://127.0.0.1/","x")',
  "@SUM(1+1)*cmd|' /C calc'!A0",
  "-2+3+cmd|' /C calc'!A0",
  "+1\t=1",
];

const WORDS = [
  "undefined",
  "null",
  "NaN",
  "true",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "0",
  "-1",
  "1e309",
  "0x0",
  "--",
  "",
  "Infinity",
  "∞",
  "١٢٣",
  "NULL",
  "nil",
  "[object Object]",
  "%00",
];

const SCRIPTS = [
  "田中さんにあげて下さい",
  "مُنَاقَشَةُ سُبُلِ",
  "👩‍👩‍👧‍👦🏳️‍🌈🇩🇪",
  "Z\u0351\u036e\u0346a\u0310\u0364l\u0369g\u0343o",
  "\u202etxt.exe\u202c",
  "ⅰⅱⅲ ﬁ ß İ ı",
  "Ａｄｍｉｎ",
  "аdmin",
  "𝕳𝖊𝖑𝖑𝖔",
  "ﷺ",
];

const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** Every control, and what joins, turns around, hides or separates without being seen. */
const UNSEEN = [
  ...from(0, 0x1f),
  ...from(0x7f, 0x9f),
  ...[0xad, 0x61c, 0x180e, 0xfeff, 0xfff9, 0xfffa, 0xfffb, 0xd800, 0xdfff],
  ...from(0x200b, 0x200f),
  ...from(0x2028, 0x202e),
  ...from(0x2060, 0x206f),
  ...[0x1d173, 0xe0001, 0xe0041, 0xe007f],
];

/** Texts that break out of what they stand in, wherever nobody thought of them: 264. */
export const NAUGHTY_STRINGS: readonly string[] = [
  ...LINES.flatMap((line) => FORGED.map((forged) => `a${line}${forged}${line}`)),
  ...UNSEEN.map((code) => `a${String.fromCodePoint(code)}b`),
  ...["\u001b[2J", "\u001b]0;forged\u0007", "\u009b2J", "\u001b[1A\u001b[2K", "\b\b\b\bforged"],
  ...['"', "\\", '\\"', '"}\n{"', '"}', "\\\\", "'", '",\n"forged":"', "\\u0022}", "}}}}", "]]]]"],
  ...MARKUP,
  ...COMMANDS,
  ...WORDS,
  ...SCRIPTS,
  ...["a".repeat(5_000), "\n".repeat(1_000), "\u202e".repeat(600), "{".repeat(1_000), "🦉".repeat(600)],
];
