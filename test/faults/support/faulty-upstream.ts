import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { onTestFinished } from "vitest";
import { TEST_CERTIFICATE, TEST_CERTIFICATE_KEY } from "../../support/tls-certificate.ts";

const MEGABYTE = 1024 ** 2;
const ZEROES = Buffer.alloc(64 * MEGABYTE);
const JSON_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/** Writes again and again until the connection is gone; a slow reader is not written ahead of. */
function repeat(socket: Socket, ms: number, piece: () => string | Buffer): void {
  const timer = setInterval(() => {
    if (socket.writableLength < MEGABYTE) socket.write(piece());
  }, ms);
  socket.once("close", () => clearInterval(timer));
}

const packed = (coding: string, body: Buffer) => (socket: Socket) => {
  socket.write(`${JSON_HEAD}content-encoding: ${coding}\r\ncontent-length: ${body.length}\r\n\r\n`);
  socket.end(body);
};
const whole =
  (body: string, type = "application/json", status = "200 OK") =>
  (socket: Socket) =>
    void socket.end(`HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
const bytes = (text: string) => (socket: Socket) => void socket.end(text);

/** What an upstream can do to a request once its head has arrived. */
export const ANSWERS: Readonly<Record<string, (socket: Socket) => void>> = {
  "says nothing": () => undefined,
  "trickles its status line": (socket) => repeat(socket, 200, () => "H"),
  "trickles its headers": (socket) => {
    socket.write("HTTP/1.1 200 OK\r\n");
    repeat(socket, 100, () => `x-slow-${Math.random()}: 1\r\n`);
  },
  "trickles its body": (socket) => {
    socket.write(`${JSON_HEAD}content-length: 100000\r\n\r\n`);
    repeat(socket, 100, () => " ");
  },
  "stops in its body": (socket) => void socket.write(`${JSON_HEAD}content-length: 1000\r\n\r\n{`),
  "stops in a chunk": (socket) => void socket.write(`${JSON_HEAD}transfer-encoding: chunked\r\n\r\nff\r\n{`),
  "says a length that is too great": bytes(`${JSON_HEAD}content-length: 100\r\n\r\n{}`),
  "says a length that is too small": bytes(
    `${JSON_HEAD}content-length: 1\r\n\r\n{}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}`,
  ),
  "says two lengths": bytes(`${JSON_HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`),
  "says a length and chunked": bytes(`${JSON_HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`),
  "says a negative length": bytes(`${JSON_HEAD}content-length: -1\r\n\r\n{}`),
  "greets like SSH": bytes("SSH-2.0-OpenSSH_9.2\r\n"),
  "greets like SMTP": bytes("220 mail.example ESMTP\r\n"),
  "answers with noise": (socket) => void socket.end(Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 131) & 255))),
  "answers with NULs": (socket) => void socket.end(Buffer.alloc(4096)),
  "has no status": bytes("HTTP/1.1\r\n\r\n"),
  "has status 999999": bytes("HTTP/1.1 999999 X\r\n\r\n"),
  "has a header over the cap": bytes(`${JSON_HEAD}x-long: ${"x".repeat(20_000)}\r\ncontent-length: 2\r\n\r\n{}`),
  "has headers over the count": bytes(
    `${JSON_HEAD}${Array.from({ length: 150 }, (_, index) => `x-${index}: 1\r\n`).join("")}content-length: 2\r\n\r\n{}`,
  ),
  "has headers without end": (socket) => repeat(socket, 1, () => `x-${Math.random()}: ${"y".repeat(1000)}\r\n`),
  "has a NUL in a header": bytes(`${JSON_HEAD}x-nul: a\0b\r\ncontent-length: 2\r\n\r\n{}`),
  "sends a gzip bomb": packed("gzip", gzipSync(ZEROES, { level: 9 })),
  "sends a brotli bomb": packed("br", brotliCompressSync(ZEROES)),
  "sends a gzip of a gzip bomb": packed("gzip, gzip", gzipSync(gzipSync(ZEROES))),
  "sends broken gzip": packed("gzip", gzipSync("{}").subarray(0, 12)),
  "sends plain text as gzip": packed("gzip", Buffer.from("{}")),
  "sends an unknown coding": packed("zip", Buffer.from("{}")),
  "sends 100 MB": (socket) => {
    socket.write(`${JSON_HEAD}content-length: ${100 * MEGABYTE}\r\n\r\n`);
    repeat(socket, 1, () => Buffer.alloc(MEGABYTE / 4, " "));
  },
  "sends without end": (socket) => {
    socket.write(`${JSON_HEAD}transfer-encoding: chunked\r\n\r\n`);
    repeat(socket, 1, () => `10000\r\n${" ".repeat(65_536)}\r\n`);
  },
  "closes its half": (socket) => void socket.end(),
  "closes in its head": bytes("HTTP/1.1 200 OK\r\ncontent-ty"),
  "closes in a chunk": bytes(`${JSON_HEAD}transfer-encoding: chunked\r\n\r\nff\r\n{`),
  "resets before its answer": (socket) => void socket.resetAndDestroy(),
  "resets in its body": (socket) => {
    socket.write(`${JSON_HEAD}content-length: 100000\r\n\r\n{`);
    setTimeout(() => socket.resetAndDestroy(), 50);
  },
  "sends chunks that are none": bytes(`${JSON_HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`),
  "sends a chunk of endless length": bytes(`${JSON_HEAD}transfer-encoding: chunked\r\n\r\n${"f".repeat(64)}\r\n{}`),
  "sends what is not JSON": whole("}{ not json"),
  "sends an empty body": whole(""),
  "sends JSON of another shape": whole('{"unexpected":[1e999]}'),
  "sends deep JSON": whole("[".repeat(1_000_000)),
  "sends deep JSON that closes": whole(`${"[".repeat(100_000)}${"]".repeat(100_000)}`),
  "sends JSON with a NUL": whole('{"statusCode":200,"accessToken":"a\\u0000b","result":"\\u0000"}'),
  "sends UTF-16": (socket) =>
    void socket.end(Buffer.concat([Buffer.from(`${JSON_HEAD}content-length: 8\r\n\r\n`), Buffer.from("\ufeff{} ", "utf16le")])),
  "sends broken UTF-8": (socket) => void socket.end(Buffer.from(`${JSON_HEAD}content-length: 4\r\n\r\n"\xff\xfe"`, "latin1")),
  "sends __proto__": whole('{"__proto__":{"statusCode":200},"constructor":{"prototype":{}}}'),
  "sends a page": whole("<!DOCTYPE html><title>Welcome</title>", "text/html"),
  "fails with 500": whole("{}", "application/json", "500 Internal Server Error"),
  "fails with 503": whole("busy", "text/plain", "503 Service Unavailable"),
  "asks to wait for ever": bytes("HTTP/1.1 429 Too Many Requests\r\nretry-after: 99999999999\r\ncontent-length: 0\r\n\r\n"),
  "redirects to itself": bytes("HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n"),
  "redirects to loopback": bytes("HTTP/1.1 307 X\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"),
  "sends 100 Continue without end": (socket) => repeat(socket, 1, () => "HTTP/1.1 100 Continue\r\n\r\n".repeat(100)),
  "sends 103 Early Hints without end": (socket) => repeat(socket, 5, () => "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"),
  "switches protocols": bytes("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
  "speaks HTTP/2": (socket) => void socket.end(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])),
  "speaks HTTP/0.9": bytes("<html>old</html>"),
};

/** Where nothing is even asked: the way there fails. The URL of such a place, by what is wrong. */
export async function startBrokenPlaces(): Promise<Readonly<Record<string, string>>> {
  const secure = { cert: TEST_CERTIFICATE, key: TEST_CERTIFICATE_KEY };
  const tls = (options: TlsOptions) => listen(createTlsServer(options, (socket) => socket.on("error", () => undefined).resume()));
  const refusing = createServer();
  const refused = await listen(refusing);
  refusing.close();
  return {
    "refuses connections": `http://127.0.0.1:${refused}`,
    "never agrees on TLS": `https://127.0.0.1:${await listen(createServer((socket) => void socket.on("error", () => undefined)))}`,
    "answers TLS in plain text": `https://127.0.0.1:${await listen(createServer((socket) => void socket.on("error", () => undefined).end("HTTP/1.1 400 X\r\n\r\n")))}`,
    "has a self-signed certificate": `https://127.0.0.1:${await tls(secure)}`,
    "has an old TLS": `https://127.0.0.1:${await tls({ ...secure, minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" })}`,
    "resets in the TLS handshake": `https://127.0.0.1:${await listen(createServer((socket) => void socket.on("error", () => undefined).once("data", () => socket.resetAndDestroy())))}`,
    "has a name that does not resolve": "https://missing.invalid",
  };
}

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket.on("error", () => undefined));
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** An upstream that treats every request as told; its URL. */
export async function startFaultyUpstream(answer: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.resume();
      answer(socket);
    });
  });
  return `http://127.0.0.1:${await listen(server)}`;
}
