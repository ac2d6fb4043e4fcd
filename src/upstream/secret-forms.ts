/**
 * The spellings in which an upstream may echo a secret: raw, percent-encoded, escaped for JSON, and base64 in both alphabets,
 * alone or as the end of `user:secret`. Hex, reversed, and other alphabets are not covered.
 */
export function spellSecret(secret: string): readonly string[] {
  return [...new Set([secret, ...percentForms(secret), ...jsonForms(secret), ...base64Forms(Buffer.from(secret))])];
}

/** Encoders differ in what they leave as it is, in the case of hex digits, and in how they write a space. */
function percentForms(secret: string): string[] {
  const encoded = encodeURIComponent(secret.toWellFormed());
  const strict = encoded.replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  const forms = [encoded, strict, strict.replaceAll("~", "%7E"), strict.replaceAll("%2F", "/")];
  return forms.flatMap((form) => {
    const lower = form.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase());
    return [form, lower, form.replaceAll("%20", "+"), lower.replaceAll("%20", "+")];
  });
}

/** As the common JSON writers put it: plain, with escaped slashes, safe for HTML, in ASCII alone. */
function jsonForms(secret: string): string[] {
  const plain = JSON.stringify(secret).slice(1, -1);
  const escaped = (pattern: RegExp) => plain.replace(pattern, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const ascii = escaped(/[^\0-\x7f]/g);
  const upperAscii = ascii.replace(/\\u[0-9a-f]{4}/g, (code) => `\\u${code.slice(2).toUpperCase()}`);
  return [plain, plain.replaceAll("/", "\\/"), escaped(/[<>&]/g), ascii, ascii.replaceAll("/", "\\/"), upperAscii];
}

/**
 * Base64 writes three bytes as four characters, so a secret behind other bytes has three spellings, by its place among the
 * three. Of those that do not begin the text, only the characters that the secret alone decides can be looked for.
 */
function base64Forms(secret: Buffer): string[] {
  const forms = [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), secret]).toString("base64");
    const [begin, end] = [Math.ceil((offset * 4) / 3), Math.floor(((offset + secret.length) * 4) / 3)];
    return [encoded.slice(begin), encoded.slice(begin).replaceAll("=", ""), encoded.slice(begin, end)];
  });
  return [...forms, ...forms.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"))];
}
