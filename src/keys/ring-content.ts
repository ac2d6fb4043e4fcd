import { randomBytes } from "node:crypto";
import { KEY_BYTES } from "./aead.ts";
import type { SealingKey } from "./sealed-blob.ts";

/** The key-encryption keys by id, in order of making, and which of them wraps new data keys. */
export type RingContent = { readonly primary: string; readonly keys: ReadonlyMap<string, Buffer> };

/** The key ring cannot be used. The message names the place and what is wrong, and never a key's value. */
export class KeyRingError extends Error {
  override readonly name = "KeyRingError";
}

const ID_SHAPE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const KEY_SHAPE = /^[A-Za-z0-9_-]{43}$/;
const FEWEST_DISTINCT_BYTES = 12;

/** A new random key-encryption key. */
export function createKeyEncryptionKey(): SealingKey & { readonly key: Buffer } {
  return { id: `kek_${randomBytes(6).toString("hex")}`, key: randomBytes(KEY_BYTES) };
}

/** The ring's text: `{"primary": id, "keys": {id: 32 bytes in base64url}}`. */
export function serializeRing({ primary, keys }: RingContent): string {
  const members = [...keys].map(([id, key]) => [id, key.toString("base64url")]);
  return `${JSON.stringify({ primary, keys: Object.fromEntries(members) }, null, 2)}\n`;
}

/** Reads a ring's text; `source` names where it came from. @throws {KeyRingError} for all that is not a sound ring. */
export function parseRing(text: string, source: string): RingContent {
  const refuse = (problem: string) => new KeyRingError(`${source}: ${problem}`);
  const document = parseJson(text);
  if (!isObject(document)) throw refuse("is not a JSON object");
  // JSON.parse keeps the last of two equal members without a word; written out again, the text would then be shorter.
  if (JSON.stringify(document) !== text.replace(/\s/g, ""))
    throw refuse("names a member twice, or has characters that no ring has");
  const { primary, keys: members, ...others } = document;
  if (Object.keys(others).length > 0) throw refuse('has more than "primary" and "keys"');
  if (!isObject(members) || Object.keys(members).length === 0) throw refuse('has no "keys"');
  const keys = new Map(Object.entries(members).map(([id, value]) => [id, parseKey(id, value, refuse)] as const));
  if (new Set(Object.values(members)).size < keys.size) throw refuse("holds the same key under two ids");
  if (typeof primary !== "string" || !keys.has(primary)) throw refuse('"primary" is not the id of one of its keys');
  return { primary, keys };
}

function parseKey(id: string, value: unknown, refuse: (problem: string) => KeyRingError): Buffer {
  if (!ID_SHAPE.test(id)) throw refuse("a key's id must be a letter and up to 63 letters, digits, _ or -");
  const key = typeof value === "string" && KEY_SHAPE.test(value) ? Buffer.from(value, "base64url") : null;
  if (key?.toString("base64url") !== value || key === null) throw refuse(`the key ${id} is not ${KEY_BYTES} bytes in base64url`);
  if (!looksRandom(key)) throw refuse(`the key ${id} is not random: have Postern make it`);
  return key;
}

/** False for zeros, patterns, counting bytes and words: random keys fail this less often than once in 10^12. */
function looksRandom(key: Buffer): boolean {
  const steps = key.map((byte, index) => byte - (key[index - 1] ?? 0));
  const isVaried = new Set(key).size >= FEWEST_DISTINCT_BYTES && new Set(steps).size >= FEWEST_DISTINCT_BYTES;
  return isVaried && !key.every((byte) => byte >= 0x20 && byte < 0x7f);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
