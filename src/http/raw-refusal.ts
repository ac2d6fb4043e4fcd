import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { failureBody, refusal } from "./error-reply.ts";

type Headers = Readonly<Record<string, string>>;

const STATUS_OF_ERROR: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
};

/** A whole answer in bytes, for a request that never became one. */
function rawAnswer(status: number, headers: Headers): string {
  const body = JSON.stringify(failureBody(refusal(status), ""));
  const lines = Object.entries({
    ...headers,
    "content-type": "application/json; charset=utf-8",
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n${body}`;
}

export type RawRefusal = { handle(error: Error, socket: Socket): void; watch(server: Server): void };

/**
 * What is done with bytes that are no request: one answer with the headers of every other, and the connection is closed. While an
 * earlier request of the same connection is unanswered there is none, since it would pass for the earlier one's.
 */
export function createRawRefusal(headers: Headers): RawRefusal {
  const unanswered = new WeakMap<Socket, number>();
  const count = (socket: Socket, change: number) => unanswered.set(socket, (unanswered.get(socket) ?? 0) + change);
  return {
    handle: (error, socket) => {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      if (code === "ECONNRESET" || socket.destroyed || !socket.writable || (unanswered.get(socket) ?? 0) > 0) {
        socket.destroy();
        return;
      }
      socket.end(rawAnswer(STATUS_OF_ERROR[code] ?? 400, headers));
      socket.destroySoon();
    },
    watch: (server) => {
      server.prependListener("request", ({ socket }: IncomingMessage, answer: ServerResponse) => {
        count(socket, 1);
        answer.once("close", () => count(socket, -1));
      });
      // Node's own answer to an expectation that it does not know has none of our headers.
      server.on("checkExpectation", (_request: IncomingMessage, answer: ServerResponse) => {
        answer.socket?.end(rawAnswer(417, headers));
      });
    },
  };
}
