import { hasDuplicateMembers } from "./json-members.ts";

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
  return parseParts(token, (text, value) => JSON.stringify(value) === text);
}

/** The same for a token that another system wrote, which may have its own way to write JSON, but no member twice. */
export function parseForeignToken(token: string): CompactToken | null {
  return parseParts(token, (text) => !hasDuplicateMembers(text));
}

type IsAcceptable = (text: string, value: unknown) => boolean;

function parseParts(token: string, isAcceptable: IsAcceptable): CompactToken | null {
  if (token.length > MAX_TOKEN_LENGTH || !COMPACT_SHAPE.test(token)) return null;
  const parts = token.split(".");
  if (!parts.every(isCanonicalBase64url)) return null;
  const [header, payload] = parts.map((part) => parseJson(part, isAcceptable));
  return header === undefined || payload === undefined ? null : { header, payload };
}

function isCanonicalBase64url(part: string): boolean {
  return Buffer.from(part, "base64url").toString("base64url") === part;
}

/** The JSON value in a part, or undefined unless its text is UTF-8 and acceptable. */
function parseJson(part: string, isAcceptable: IsAcceptable): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(part, "base64url"));
    const value: unknown = JSON.parse(text);
    return isAcceptable(text, value) ? value : undefined;
  } catch {
    return undefined;
  }
}
