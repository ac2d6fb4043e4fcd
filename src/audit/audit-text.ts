/** Longest text in an audit event, in characters; what is longer is cut. */
export const MAX_AUDIT_TEXT = 500;

/** Controls, invisible formatting (bidirectional overrides among it), line and paragraph separators, half surrogates. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Printable ASCII, of which nothing is unsafe. */
const PLAIN = /^[\x20-\x7e]*$/;

function encodeCharacter(character: string): string {
  if (!UNSAFE.test(character)) return character;
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Text as it may stand in the trail: what could forge a line or hide one is written as `\u{a}`; at most 500 characters. */
export function encodeAuditText(text: string): string {
  // Nearly all of them: ids, names, addresses.
  if (text.length <= MAX_AUDIT_TEXT && PLAIN.test(text)) return text;
  let encoded = "";
  for (const character of text) {
    const next = encodeCharacter(character);
    if (encoded.length + next.length > MAX_AUDIT_TEXT) break;
    encoded += next;
  }
  return encoded;
}
