import type { IncomingMessage } from "node:http";

const MOST_BYTES = 32 * 1024 * 1024;
const LONGEST_MS = 2_000;

/**
 * Reads and forgets what is left of a body that was refused, within bounds: a connection that is closed on a client in the
 * middle of its sending is reset, and the client never sees the answer.
 */
export function discardBody(message: IncomingMessage): Promise<void> {
  if (message.complete || message.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let bytes = 0;
    const onData = (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > MOST_BYTES) finish();
    };
    const finish = () => {
      clearTimeout(timer);
      message.off("data", onData).off("end", finish).off("close", finish);
      resolve();
    };
    const timer = setTimeout(finish, LONGEST_MS);
    message.on("data", onData).once("end", finish).once("close", finish).resume();
  });
}
