/**
 * The spellings in which an upstream may echo a secret: raw, percent-encoded, escaped for JSON, HTML and quoted source text, hex,
 * and base64 in both alphabets, alone, as the end of `user:secret` or inside of more. Reversed and other alphabets are not covered.
 */
export function spellSecret(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString("hex");
  const escaped = PLAIN.test(secret) ? [] : [...percentForms(secret), ...jsonForms(secret), ...sourceForms(secret)];
  return [...new Set([secret, ...escaped, hex, hex.toUpperCase(), ...base64Forms(bytes)])];
}

/** What no encoder and no writer escapes: tokens and keys are mostly of it, and this is in the way of every call. */
const PLAIN = /^[A-Za-z0-9._-]*$/;
const NOT_PLAIN = /[^A-Za-z0-9._-]/gu;

/** What encoders leave as it is beside letters, digits, `-`, `.` and `_`. */
const LEFT_BY_ENCODERS = ["", "~", "~/", "*", "~!'()*", "~!'()*;/?:@&=+$,#", "~$&+=:@", "~!$&'()*+,;=:@", "~!$&'()*+,;=:@/"];

/** Encoders differ in what they leave as it is, in the case of hex digits, and in how they write a space. */
function percentForms(secret: string): string[] {
  const encode = (left: string) =>
    secret.replace(NOT_PLAIN, (character) => (left.includes(character) ? character : percentEncode(character)));
  return [...new Set(LEFT_BY_ENCODERS.map(encode))].flatMap((upper) => {
    const lower = upper.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase());
    return [upper, lower, upper.replaceAll("%20", "+"), lower.replaceAll("%20", "+")];
  });
}

function percentEncode(character: string): string {
  return Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}

/** As the common JSON writers put it: plain, with escaped slashes, safe for HTML, in ASCII alone. */
function jsonForms(secret: string): string[] {
  const plain = JSON.stringify(secret).slice(1, -1);
  const escaped = (pattern: RegExp) => plain.replace(pattern, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const ascii = escaped(/[^\0-\x7e]/g);
  const upperAscii = ascii.replace(/\\u[0-9a-f]{4}/g, (code) => `\\u${code.slice(2).toUpperCase()}`);
  return [plain, plain.replaceAll("/", "\\/"), escaped(/[<>&]/g), ascii, ascii.replaceAll("/", "\\/"), upperAscii];
}

/** As pages and programs quote a text in their messages. */
function sourceForms(secret: string): string[] {
  const html = secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const quoted = html.replaceAll('"', "&quot;");
  const python = secret.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  return [html, quoted, ...["&#39;", "&#x27;", "&apos;"].map((quote) => quoted.replaceAll("'", quote)), python];
}

/** Below this, what is left of a secret inside of a longer base64 text is too short to tell from chance. */
const SHORTEST_INSIDE_BASE64 = 8;

/**
 * Base64 writes three bytes as four characters, so a secret behind other bytes has three spellings, by its place among the
 * three. Of those that do not begin the text, only the characters that the secret alone decides can be looked for.
 */
function base64Forms(secret: Buffer): string[] {
  const forms = (secret.length < SHORTEST_INSIDE_BASE64 ? [0] : [0, 1, 2]).flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), secret]).toString("base64");
    const [begin, end] = [Math.ceil((offset * 4) / 3), Math.floor(((offset + secret.length) * 4) / 3)];
    return [encoded.slice(begin), encoded.slice(begin).replaceAll("=", ""), encoded.slice(begin, end)];
  });
  return [...forms, ...forms.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"))];
}
