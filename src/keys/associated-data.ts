/**
 * An unambiguous encoding of a list: every part follows its own length (4 bytes, big-endian). Joining without lengths
 * would let `a|bc` pass for `ab|c`, and with it one record's ciphertext for another's.
 */
export function encodeParts(parts: readonly (string | Uint8Array)[]): Buffer<ArrayBuffer> {
  let total = 0;
  for (const part of parts) total += LENGTH_BYTES + byteLengthOf(part);
  // Written in one go: this stands in the way of every seal and opening.
  const encoded = Buffer.allocUnsafeSlow(total);
  let end = 0;
  for (const part of parts) {
    const start = end + LENGTH_BYTES;
    encoded.writeUInt32BE(byteLengthOf(part), end);
    if (typeof part === "string") encoded.write(part, start);
    else encoded.set(part, start);
    end = start + byteLengthOf(part);
  }
  return encoded;
}

const LENGTH_BYTES = 4;

function byteLengthOf(part: string | Uint8Array): number {
  return typeof part === "string" ? Buffer.byteLength(part) : part.length;
}
