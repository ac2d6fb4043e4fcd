import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** Bytes of one request as they came over the wire, one character a byte. */
export type RawMessage = { readonly head: string; readonly body: string };

export type RecordingUpstream = {
  readonly origin: string;
  readonly host: string;
  /** Requests in the order of their heads. */
  readonly messages: readonly RawMessage[];
  /** From now on every request is answered with these bytes, piece by piece. */
  answerWith(answer: (message: RawMessage) => readonly string[]): void;
};

const EMPTY = () => ["HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"];

/** Length of the first whole message in the bytes, 0 while it is not whole; bodies by length and chunked. */
function wholeLength(bytes: string): number {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return 0;
  const head = bytes.slice(0, end);
  const start = end + 4;
  if (/^transfer-encoding:.*chunked/im.test(head)) {
    const last = bytes.indexOf("0\r\n\r\n", start);
    return last < 0 ? 0 : last + 5;
  }
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
  return bytes.length < start + length ? 0 : start + length;
}

/** An upstream on 127.0.0.1 that writes down every byte it is sent; it goes away with the test. */
export async function startRecordingUpstream(): Promise<RecordingUpstream> {
  const messages: RawMessage[] = [];
  const sockets = new Set<Socket>();
  let answer: (message: RawMessage) => readonly string[] = EMPTY;
  const server = createServer((socket) => {
    let bytes = "";
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (piece) => {
      bytes += piece.toString("latin1");
      const length = wholeLength(bytes);
      if (length === 0) return;
      const end = bytes.indexOf("\r\n\r\n");
      const message = { head: bytes.slice(0, end), body: bytes.slice(end + 4, length) };
      bytes = bytes.slice(length);
      messages.push(message);
      void write(socket, answer(message));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const answerWith = (next: (message: RawMessage) => readonly string[]) => {
    answer = next;
  };
  return { origin: `http://${host}`, host, messages, answerWith };
}

/** The pieces in packets of their own. */
async function write(socket: Socket, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    socket.write(Buffer.from(piece, "latin1"));
    if (pieces.length > 1) await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
