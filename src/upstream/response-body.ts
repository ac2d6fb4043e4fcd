import { pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { ConnectionError, type ConnectionStage } from "./connection-error.ts";

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** The codings to ask for, as `Accept-Encoding` has them. */
export const ACCEPTED_CODINGS = "gzip, br";

export type BodyLimits = {
  readonly maxBytes: number;
  readonly stage: ConnectionStage;
  /** Called at each piece, so that an idle clock can be wound up. */
  readonly onPiece: () => void;
};

/** The stream with its content coding taken off. More than one coding is refused: a chain of them multiplies a small bomb. */
export function decodeBody(body: Readable, coding: string, stage: ConnectionStage): Readable {
  const codings = coding
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity");
  const [first] = codings;
  if (first === undefined) return body;
  const create = Object.hasOwn(DECODERS, first) ? DECODERS[first] : undefined;
  if (codings.length > 1 || create === undefined) {
    throw new ConnectionError("UNEXPECTED_RESPONSE", stage, "The server's answer is packed in a way that was not asked for.");
  }
  return pipeline(body, create(), () => undefined);
}

/**
 * Reads a body whole, its content coding taken off, and stops at `maxBytes` decoded bytes.
 * @throws {ConnectionError} UNEXPECTED_RESPONSE when it is greater or its coding unknown; the stream's own error when it breaks.
 */
export async function readBody(body: Readable, coding: string, { maxBytes, stage, onPiece }: BodyLimits): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of decodeBody(body, coding, stage) as AsyncIterable<Buffer>) {
    onPiece();
    length += piece.length;
    if (length > maxBytes)
      throw new ConnectionError("UNEXPECTED_RESPONSE", stage, `The server's answer is over ${maxBytes} bytes.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, length);
}
