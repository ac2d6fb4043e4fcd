import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { onTestFinished } from "vitest";

/** A request as the server saw it, body whole. */
export type RecordedRequest = {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

export type Answer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
};

/** How an upstream that behaves answers. */
export type Answering = (request: RecordedRequest) => Answer | Promise<Answer>;

type Misbehaviour = (response: ServerResponse, socket: Socket) => void;

const MEGABYTE = 1024 * 1024;
const ZEROES = Buffer.alloc(32 * MEGABYTE);
// Packed beforehand: it takes longer than the time-outs of the tests.
const GZIP_BOMB = gzipSync(ZEROES, { level: 1 });
const BROTLI_BOMB = brotliCompressSync(ZEROES, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });

/** Repeats until the connection is gone. */
function every(ms: number, socket: Socket, act: () => void): void {
  const timer = setInterval(act, ms);
  socket.once("close", () => clearInterval(timer));
}

const FAULTS = {
  /** Accepts and never says a word. */
  hang: () => undefined,
  "slow-headers": (_, socket) => {
    socket.write("HTTP/1.1 200 OK\r\n");
    every(20, socket, () => socket.write(`x-slow-${Math.random()}: 1\r\n`));
  },
  "trickling-body": (response, socket) => {
    response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
    every(20, socket, () => response.write(" "));
  },
  "stalled-body": (response) => response.writeHead(200, { "content-length": "1000" }).write("{"),
  oversized: (response, socket) => {
    response.writeHead(200, { "content-type": "application/json" });
    every(1, socket, () => response.write(Buffer.alloc(MEGABYTE, " ")));
  },
  "great-length": (response) => response.writeHead(200, { "content-length": String(1024 * MEGABYTE) }).write("{"),
  "gzip-bomb": (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(GZIP_BOMB),
  "brotli-bomb": (response) => response.writeHead(200, { "content-encoding": "br" }).end(BROTLI_BOMB),
  "two-codings": (response) => response.writeHead(200, { "content-encoding": "gzip, gzip" }).end(gzipSync(gzipSync("{}"))),
  "unknown-coding": (response) => response.writeHead(200, { "content-encoding": "zip" }).end("{}"),
  "broken-gzip": (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("{}").subarray(0, 12)),
  "length-too-great": (_, socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}"),
  "broken-chunk": (_, socket) => socket.end("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}"),
  "length-and-chunked": (_, socket) =>
    socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
  "half-closed": (_, socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-ty"),
  reset: (_, socket) => socket.resetAndDestroy(),
  closed: (_, socket) => socket.destroy(),
  redirect: (response) => response.writeHead(302, { location: "/elsewhere" }).end(),
  "garbage-status": (_, socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"),
  "status-999": (_, socket) => socket.end("HTTP/1.1 999 X\r\ncontent-length: 2\r\n\r\n{}"),
  "status-000": (_, socket) => socket.end("HTTP/1.1 000 X\r\ncontent-length: 2\r\n\r\n{}"),
  "long-header": (response) => response.writeHead(200, { "x-long": "x".repeat(20_000) }).end("{}"),
  "many-headers": (response) =>
    response.writeHead(200, Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`x-${index}`, "1"]))).end("{}"),
  html: (response) => response.writeHead(200, { "content-type": "text/html" }).end("<!DOCTYPE html><title>Welcome</title>"),
  garbage: (response) => response.writeHead(200, { "content-type": "application/json" }).end("}{ not json"),
  empty: (response) => response.writeHead(200).end(),
  "other-json": (response) => response.writeHead(200, { "content-type": "application/json" }).end('{"unexpected":[]}'),
  "deep-json": (response) => response.writeHead(200, { "content-type": "application/json" }).end("[".repeat(100_000)),
} as const satisfies Record<string, Misbehaviour>;

export type Fault = keyof typeof FAULTS;

export type MisbehavingServer = {
  readonly origin: string;
  readonly port: number;
  /** Every request whose body arrived, in order. */
  readonly requests: readonly RecordedRequest[];
  /** Connections that were opened, those that sent nothing among them. */
  readonly connectionCount: () => number;
  /** From now on every request meets this fault, or is answered thus. */
  behave(how: Fault | Answering): void;
  close(): Promise<void>;
};

async function record(request: IncomingMessage): Promise<RecordedRequest> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const { method = "", url = "", headers } = request;
  return { method, path: url, headers, body: Buffer.concat(pieces).toString("utf8") };
}

/** A real HTTP server on 127.0.0.1 that answers, or misbehaves in one of many ways; it goes away with the test. */
export async function startMisbehavingServer(how: Fault | Answering = () => ({})): Promise<MisbehavingServer> {
  let current: Fault | Answering = how;
  let connections = 0;
  const requests: RecordedRequest[] = [];
  const server = createServer((request, response) => {
    const handle = async () => {
      const recorded = await record(request);
      requests.push(recorded);
      if (typeof current === "string") return void FAULTS[current](response, request.socket);
      const { status = 200, headers = {}, body = "" } = await current(recorded);
      response.writeHead(status, headers).end(body);
    };
    handle().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.on("connection", () => {
    connections += 1;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  onTestFinished(close);
  const behave = (next: Fault | Answering) => {
    current = next;
  };
  return { origin: `http://127.0.0.1:${port}`, port, requests, connectionCount: () => connections, behave, close };
}

/** A port of 127.0.0.1 where nobody listens. */
export async function findRefusingPort(): Promise<number> {
  const server = await startMisbehavingServer();
  await server.close();
  return server.port;
}
