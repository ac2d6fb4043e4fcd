import type { Readable } from "node:stream";
import { ConnectionError } from "./connection-error.ts";
import { codeOf } from "./node-error.ts";
import { streamOf } from "./piece-stream.ts";
import { decodeBody } from "./response-body.ts";
import type { SilenceClock } from "./silence-clock.ts";
import type { StreamLimits } from "./upstream-limits.ts";

/** The body of an answer whose head has arrived, and what is to be known to read it. */
export type AnswerRead = {
  readonly source: Readable;
  /** As the head has them; left out where there is no body. */
  readonly coding?: string | undefined;
  readonly length?: string | undefined;
  readonly clock: SilenceClock;
  readonly limits: StreamLimits;
  /** Called once: true when the body came whole. */
  readonly finish: (isWhole: boolean) => void;
  readonly origin: string;
};

/**
 * The body where all of it came together with the head, as that of a small answer does: read at once, no stream made of it.
 * Null where more is to come, where nothing says how much, where it is packed, or longer than it may be.
 */
export function takeWhole({ source, coding, length, limits, finish }: AnswerRead): Uint8Array | null {
  if (coding !== undefined || length === undefined || source.readableLength === 0) return null;
  if (source.readableLength !== Number(length) || source.readableLength > limits.maxBytes) return null;
  source.on("error", () => undefined);
  const body = source.read() as Buffer;
  finish(true);
  return body;
}

/** The body as a stream of its own, whose end tells whole from broken off. */
export function readWatched(read: AnswerRead): Readable {
  const { source, coding = "", finish } = read;
  source.on("error", () => undefined);
  const decoded = decodeBody(source, coding, "READ");
  let isWhole = false;
  const onWhole = () => {
    isWhole = true;
  };
  return streamOf(readPieces(decoded, read, onWhole), () => {
    decoded.destroy();
    source.destroy();
    finish(isWhole);
  });
}

/** Waits for the upstream only while the reader wants more: a slow reader is no silent upstream. */
async function* readPieces(
  decoded: Readable,
  { clock, limits, origin }: AnswerRead,
  onWhole: () => void,
): AsyncGenerator<Uint8Array> {
  const pieces = decoded[Symbol.asyncIterator]();
  let length = 0;
  for (;;) {
    clock.await(limits.idleMs, `${origin} stopped in the middle of its answer.`);
    const { done, value } = await pieces.next().catch((error: unknown) => {
      throw brokenOff(error, clock);
    });
    clock.rest();
    if (done === true) break;
    length += value.length;
    if (length > limits.maxBytes) throw brokenOff(new Error("too long"), clock);
    yield value;
  }
  onWhole();
}

function brokenOff(error: unknown, { signal, stage }: SilenceClock): ConnectionError {
  if (signal.reason instanceof ConnectionError) return signal.reason;
  return new ConnectionError("UNEXPECTED_RESPONSE", stage, "The server's answer broke off or is damaged.", {
    cause: codeOf(error),
  });
}
