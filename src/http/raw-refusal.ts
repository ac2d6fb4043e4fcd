import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
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
 * What is done with bytes that are no request: one answer with the headers of every other, and the connection is closed.
 * Requests before them on the same connection are answered first; where the bytes are the rest of one that is not alone, there
 * is no answer, since it would pass for another's.
 */
export function createRawRefusal(headers: Headers): RawRefusal {
  const unanswered = new WeakMap<Socket, ServerResponse[]>();
  const secure = new WeakSet<Socket>();
  const end = (socket: Socket, status: number) => {
    socket.end(rawAnswer(status, headers));
    socket.destroySoon();
  };
  /** Refuses a request that never became one to Node, once those before it are answered: those alone, then. */
  const refuse = (socket: Socket, status: number) => {
    const last = unanswered.get(socket)?.at(-1);
    if (last === undefined) end(socket, status);
    else last.once("close", () => socket.destroySoon());
  };
  return {
    handle: (error, socket) => {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      const open = unanswered.get(socket) ?? [];
      const last = open.at(-1);
      // Before the handshake is done nothing can be said, and what is written waits for ever.
      const isShakingHands = socket instanceof TLSSocket && !secure.has(socket);
      if (code === "ECONNRESET" || !socket.writable || isShakingHands) socket.destroy();
      else if (last?.req.complete) last.once("close", () => socket.destroySoon());
      else if (last === undefined || (open.length === 1 && !last.headersSent)) end(socket, STATUS_OF_ERROR[code] ?? 400);
      else socket.destroy();
    },
    watch: (server) => {
      server.on("secureConnection", (socket: Socket) => secure.add(socket));
      server.prependListener("request", ({ socket }: IncomingMessage, answer: ServerResponse) => {
        const open = unanswered.get(socket) ?? [];
        open.push(answer);
        unanswered.set(socket, open);
        answer.once("close", () => open.splice(open.indexOf(answer), 1));
      });
      // Node's own answer to an expectation that it does not know has none of our headers.
      server.on("checkExpectation", ({ socket }: IncomingMessage) => refuse(socket, 417));
      // Nor has it any to whoever takes it for a proxy.
      server.on("connect", ({ socket }: IncomingMessage) => {
        // Node has let go of this one: a reset that nobody listens for would end the process.
        socket.on("error", () => socket.destroy());
        refuse(socket, 405);
      });
    },
  };
}
