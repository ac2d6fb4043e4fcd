/** Turns text into text that carries none of the secrets, in none of the spellings listed here. */
export type Mask = (text: string) => string;

const MASKED = "***";
const SHORTEST_SECRET = 4;
// Below this, what is left of a secret inside of a longer base64 text is too short to tell from chance.
const SHORTEST_INSIDE_BASE64 = 8;

/**
 * A mask for the secrets: raw, URL-encoded, JSON-, HTML- and quote-escaped, hex, and base64 whether alone, behind one of the
 * `companions` and a colon (basic authentication) or inside of anything longer. Secrets under 4 characters are left, since
 * masking them would turn every message into stars.
 */
export function createMask(secrets: readonly string[], companions: readonly string[]): Mask {
  const masked = [...new Set(secrets)].filter((secret) => secret.length >= SHORTEST_SECRET);
  if (masked.length === 0) return (text) => text;
  const patterns = longestFirst(masked).flatMap((secret) => [
    ...longestFirst(spell(secret, companions)).map(escapePattern),
    urlPattern(secret),
  ]);
  const pattern = new RegExp(patterns.join("|"), "g");
  return (text) => text.replace(pattern, MASKED);
}

/** A shorter text that begins a longer one would otherwise leave the rest of it standing. */
function longestFirst(texts: readonly string[]): string[] {
  return [...texts].sort((one, other) => other.length - one.length);
}

function spell(secret: string, companions: readonly string[]): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const hex = bytes.toString("hex");
  const base64 = [secret, ...companions.map((companion) => `${companion}:${secret}`)].flatMap((text) =>
    base64Forms(Buffer.from(text, "utf8")),
  );
  return [secret, ...escapedForms(secret), hex, hex.toUpperCase(), ...base64, ...base64Cores(bytes)];
}

/** Every character raw or percent-encoded, in either case: encoders differ in what they leave as it is. */
function urlPattern(secret: string): string {
  return Array.from(secret, (character) => {
    const codes = Array.from(Buffer.from(character, "utf8"), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
    const anyCase = codes.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
    return `(?:${escapePattern(character)}|${anyCase}${character === " " ? "|\\+" : ""})`;
  }).join("");
}

function escapedForms(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const ascii = json.replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const html = secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const quoted = html.replaceAll('"', "&quot;");
  const python = secret.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  return [
    json,
    json.replaceAll("/", "\\/"),
    ascii,
    html,
    quoted,
    ...["&#39;", "&#x27;", "&apos;"].map((quote) => quoted.replaceAll("'", quote)),
    python,
  ];
}

function base64Forms(bytes: Buffer): string[] {
  const padded = bytes.toString("base64");
  const url = bytes.toString("base64url");
  return [padded, padded.replace(/=+$/, ""), url, url.padEnd(padded.length, "=")];
}

/** The characters that a secret gives in base64 wherever it stands: three offsets, without the characters its neighbours share. */
function base64Cores(bytes: Buffer): string[] {
  if (bytes.length < SHORTEST_INSIDE_BASE64) return [];
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64url");
    const firstOwn = Math.ceil((offset * 8) / 6);
    const afterOwn = Math.floor(((offset + bytes.length) * 8) / 6);
    const core = text.slice(firstOwn, afterOwn);
    return [core, core.replaceAll("-", "+").replaceAll("_", "/")];
  });
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
