import { Readable } from "node:stream";

/** How many bytes wait for a reader that is slower than the source. */
const HIGH_WATER_MARK = 64 * 1024;

/**
 * A stream of the pieces, asked for one by one as the reader takes them. `release` is called once, when it has ended or is
 * destroyed, and must end what the pieces come from: unlike `Readable.from`, this does not wait for a piece that is under way.
 */
export function streamOf(pieces: AsyncIterable<Uint8Array>, release: () => void): Readable {
  const iterator = pieces[Symbol.asyncIterator]();
  return new Readable({
    highWaterMark: HIGH_WATER_MARK,
    read() {
      iterator.next().then(
        ({ done, value }) => this.push(done === true ? null : value),
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error("The stream broke off.", { cause: error })),
      );
    },
    destroy(error, callback) {
      release();
      callback(error);
    },
  });
}
