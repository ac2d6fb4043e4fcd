/**
 * An unambiguous encoding of a list: every part follows its own length (4 bytes, big-endian). Joining without lengths
 * would let `a|bc` pass for `ab|c`, and with it one record's ciphertext for another's.
 */
export function encodeParts(parts: readonly (string | Uint8Array)[]): Buffer<ArrayBuffer> {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = typeof part === "string" ? Buffer.from(part) : part;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}
