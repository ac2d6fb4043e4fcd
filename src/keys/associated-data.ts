/**
 * An unambiguous encoding of a list: every part follows its own length (4 bytes, big-endian). Joining without lengths
 * would let `a|bc` pass for `ab|c`, and with it one record's ciphertext for another's.
 */
export function encodeParts(parts: readonly (string | Uint8Array)[]): Buffer<ArrayBuffer> {
  const lengths = parts.map(byteLengthOf);
  // From the shared pool, and each length once: this stands in the way of every seal and opening.
  const encoded = Buffer.allocUnsafe(lengths.reduce((total, length) => total + LENGTH_BYTES + length, 0));
  let end = 0;
  parts.forEach((part, place) => {
    const length = lengths[place] ?? 0;
    const start = encoded.writeUInt32BE(length, end);
    if (typeof part === "string") encoded.write(part, start);
    else encoded.set(part, start);
    end = start + length;
  });
  return encoded;
}

const LENGTH_BYTES = 4;

function byteLengthOf(part: string | Uint8Array): number {
  return typeof part === "string" ? Buffer.byteLength(part) : part.length;
}
