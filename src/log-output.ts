import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** Where the log's lines go. */
export type LogOutput = {
  write(line: string): void;
  /** Resolves when what was written has been taken, or after so long. */
  flush(limitMs: number): Promise<void>;
};

/** What waits for a reader at most, in bytes: minutes of a busy log. */
const MOST_WAITING_BYTES = 1024 * 1024;

/**
 * Lines to a stream that may never be read, such as standard output that is a pipe. Nothing waits for it: lines that find
 * too much waiting are dropped, and how many is the next line that is not. Without a reader all are.
 */
export function createLogOutput(stream: Writable, now: () => Date = () => new Date()): LogOutput {
  let dropped = 0;
  // A reader that is gone would end the process otherwise.
  stream.on("error", () => {});
  return {
    write: (line) => {
      if (stream.destroyed || stream.writableLength >= MOST_WAITING_BYTES) {
        dropped += 1;
        return;
      }
      if (dropped > 0) {
        const about = { level: "warn", time: now().toISOString(), lines: dropped, msg: "lines of the log were dropped" };
        dropped = 0;
        stream.write(`${JSON.stringify(about)}\n`);
      }
      stream.write(line);
    },
    flush: async (limitMs) => {
      if (stream.destroyed || stream.writableLength === 0) return;
      const isOver = new AbortController();
      const taken = new Promise<void>((resolve) => stream.write("", () => resolve()));
      await Promise.race([taken, sleep(limitMs, undefined, { signal: isOver.signal }).catch(() => {})]);
      isOver.abort();
    },
  };
}
