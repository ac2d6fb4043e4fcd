import type { Socket } from "node:net";
import { errors } from "undici";

/** Interim answers that may come before an answer; RFC 9110 sets no bound. */
const MOST_INTERIM = 10;

/** How the head of one begins. 101 is none: after it the connection would speak another protocol, which nobody asked for. */
const INTERIM_START = /^HTTP\/1\.1 1(?!01)\d\d[ \r]/;
const INTERIM_START_BYTES = 13;
const WRITTEN_START = "HTTP/1.1 1";
const HEAD_END = "\r\n\r\n";
/** A line that ends in a way that two parsers may read differently: the head is left to the one that judges the answer. */
const ODD_LINE_END = /(^|[^\r])\n|\r[^\n]/;

type Found = { readonly kind: "NONE" } | { readonly kind: "INCOMPLETE" } | { readonly kind: "INTERIM"; readonly length: number };

function findInterim(bytes: Buffer): Found {
  const start = bytes.toString("latin1", 0, INTERIM_START_BYTES);
  const mayBegin = start.startsWith(WRITTEN_START) || WRITTEN_START.startsWith(start);
  if (!mayBegin) return { kind: "NONE" };
  if (start.length < INTERIM_START_BYTES) return { kind: "INCOMPLETE" };
  if (!INTERIM_START.test(start)) return { kind: "NONE" };
  const end = bytes.indexOf(HEAD_END);
  if (ODD_LINE_END.test(bytes.toString("latin1", 0, end === -1 ? bytes.length : end))) return { kind: "NONE" };
  return end === -1 ? { kind: "INCOMPLETE" } : { kind: "INTERIM", length: end + HEAD_END.length };
}

/**
 * Keeps the interim answers of an upstream (1xx, RFC 9110, 15.2) from whoever reads the socket by `read()`: undici takes a 100 that
 * it did not ask for as the end of the connection, and any number of the others. Too many, or one that is longer than a head may
 * be, destroys the socket. Gives the function to call before each request: only what comes before an answer is looked at.
 */
export function skipInterimAnswers(socket: Socket, maxHeadBytes: number): () => void {
  const read = socket.read.bind(socket);
  let isAwaited = false;
  let skipped = 0;
  let unread: Buffer | null = null;

  const fail = () => {
    unread = null;
    isAwaited = false;
    socket.destroy(new errors.HTTPParserError("Too much comes before the answer"));
    return null;
  };
  /** What is left of the bytes for the reader; null when more must come before that can be told. */
  const take = (bytes: Buffer): Buffer | null => {
    const found = findInterim(bytes);
    if (found.kind === "NONE") {
      isAwaited = false;
      return bytes;
    }
    if (found.kind === "INCOMPLETE") {
      if (bytes.length > maxHeadBytes) return fail();
      unread = bytes;
      return null;
    }
    skipped += 1;
    if (skipped > MOST_INTERIM || found.length > maxHeadBytes) return fail();
    const rest = bytes.subarray(found.length);
    return rest.length === 0 ? null : take(rest);
  };

  socket.read = (size?: number) => {
    for (;;) {
      const piece: Buffer | null = read(size);
      if (piece === null || !isAwaited) return piece;
      const bytes = unread === null ? piece : Buffer.concat([unread, piece]);
      unread = null;
      const left = take(bytes);
      if (left !== null) return left;
    }
  };
  return () => {
    isAwaited = true;
    skipped = 0;
    unread = null;
  };
}
