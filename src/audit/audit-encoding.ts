/**
 * An unambiguous text of a list: every part follows its own length in UTF-8 bytes, and null is unlike any text. Joining
 * without lengths would let two lists look alike, and with them two events.
 */
export function encodeList(parts: readonly (string | number | Date | null)[]): string {
  let encoded = "";
  for (const part of parts) encoded += encodePart(part);
  return encoded;
}

function encodePart(part: string | number | Date | null): string {
  if (part === null) return "~";
  const text = part instanceof Date ? part.toISOString() : String(part);
  return `${Buffer.byteLength(text)}:${text}`;
}
