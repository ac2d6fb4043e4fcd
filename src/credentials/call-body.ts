import { isUtf8 } from "node:buffer";
import { Readable } from "node:stream";
import { ConnectionError } from "../upstream/connection-error.ts";
import type { StreamBody } from "../upstream/stream-client.ts";

/** A body up to this size is kept, so that it can be sent a second time. */
const MOST_KEPT_BYTES = 1024 * 1024;

/** The body, read whole when it says that it is small; a greater one, or one of unknown length, as the stream that it is. */
export async function readIfSmall(body: StreamBody | null, length: number | null): Promise<StreamBody | null> {
  if (!(body instanceof Readable) || length === null || length > MOST_KEPT_BYTES) return body;
  const pieces: Uint8Array[] = [];
  for await (const piece of body.iterator({ destroyOnReturn: false })) pieces.push(piece as Uint8Array);
  return Buffer.concat(pieces);
}

/**
 * The whole of a body: its text when the bytes are UTF-8, else base64 of them.
 * @throws {ConnectionError} UNEXPECTED_RESPONSE when it is longer than `maxBytes`.
 */
export async function readAll(body: StreamBody, maxBytes: number): Promise<{ body: string; isBase64: boolean }> {
  const bytes =
    body instanceof Readable ? await readStream(body, maxBytes) : Buffer.from(body.buffer, body.byteOffset, body.length);
  const isBase64 = !isUtf8(bytes);
  return { body: bytes.toString(isBase64 ? "base64" : "utf8"), isBase64 };
}

async function readStream(body: Readable, maxBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > maxBytes) {
      const message = `The answer is over ${maxBytes / 1024 ** 2} MB; the REST routes for calls stream what is longer.`;
      throw new ConnectionError("UNEXPECTED_RESPONSE", "READ", message);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces, length);
}
