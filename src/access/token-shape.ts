/** Longest token that is looked at, in characters. */
const MAX_TOKEN_LENGTH = 4_096;

const COMPACT_SHAPE = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** The decoded parts of a compact JWS; nothing about them is believed yet. */
export type CompactToken = { readonly header: unknown; readonly payload: unknown };

/**
 * Takes a compact JWS apart, or gives null for what no honest signer writes. jose accepts padding, spaces and spare bits
 * in base64url, so that one signature has many texts, and the last of two members with one name: both end here.
 */
export function parseCompactToken(token: string): CompactToken | null {
  if (token.length > MAX_TOKEN_LENGTH || !COMPACT_SHAPE.test(token)) return null;
  const parts = token.split(".");
  if (!parts.every(isCanonicalBase64url)) return null;
  const [header, payload] = parts.map(parseCanonicalJson);
  return header === undefined || payload === undefined ? null : { header, payload };
}

function isCanonicalBase64url(part: string): boolean {
  return Buffer.from(part, "base64url").toString("base64url") === part;
}

/** The JSON value in a part, or undefined unless it is written as JSON.stringify would: no member twice, no spaces. */
function parseCanonicalJson(part: string): unknown {
  const text = Buffer.from(part, "base64url").toString();
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}
