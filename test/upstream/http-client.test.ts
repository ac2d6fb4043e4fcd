import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { parseAllowList } from "../../src/upstream/allow-list.ts";
import { ConnectionError } from "../../src/upstream/connection-error.ts";
import { createHttpClient } from "../../src/upstream/guarded-http-client.ts";
import type { HttpClient, HttpRequest } from "../../src/upstream/http-client.ts";
import { type Fault, findRefusingPort, startMisbehavingServer } from "../support/misbehaving-server.ts";
import { startByteServer } from "../support/raw-upstream.ts";
import { TEST_CERTIFICATE, TEST_CERTIFICATE_KEY } from "../support/tls-certificate.ts";

const local = parseAllowList(["127.0.0.1", "localhost"]);
const SECONDS_ARE_SHORT = { connectMs: 300, tlsMs: 300, firstByteMs: 300, idleMs: 300, totalMs: 900 };
const hasty = createHttpClient({ allowList: local, limits: SECONDS_ARE_SHORT });
const patient = createHttpClient({ allowList: local });

function get(http: HttpClient, url: string, more: Partial<HttpRequest> = {}) {
  return http.request({ method: "GET", url, signal: new AbortController().signal, ...more });
}

async function failureOf(promise: Promise<unknown>): Promise<ConnectionError> {
  const outcome = await promise.catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(ConnectionError);
  return outcome as ConnectionError;
}

const verdictOf = async (promise: Promise<unknown>) => {
  const { code, stage } = await failureOf(promise);
  return { code, stage };
};

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe("an upstream that behaves", () => {
  test("gets exactly what was asked to be sent, and its whole answer comes back", async () => {
    const server = await startMisbehavingServer(() => ({
      status: 201,
      headers: { "X-Twice": ["a", "b"], "Content-Type": "text/plain" },
      body: "héllo",
    }));
    const stages: string[] = [];
    const response = await get(patient, `${server.origin}/a%2Fb?c=d`, {
      method: "POST",
      headers: { "x-key": "one" },
      body: "çontent",
      stage: "AUTHENTICATE",
      onStage: (stage) => stages.push(stage),
    });
    expect({ status: response.status, twice: response.headers["x-twice"], body: response.body.toString() }).toEqual({
      status: 201,
      twice: "a, b",
      body: "héllo",
    });
    expect(stages).toEqual(["RESOLVE", "CONNECT", "AUTHENTICATE"]);
    expect(server.requests).toEqual([
      {
        method: "POST",
        path: "/a%2Fb?c=d",
        body: "çontent",
        headers: {
          host: `127.0.0.1:${server.port}`,
          connection: "close",
          "content-length": "8",
          "user-agent": "Postern",
          "accept-encoding": "gzip, br",
          "x-key": "one",
        },
      },
    ]);
  });

  test.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
    ["identity", (text: string) => Buffer.from(text)],
  ])("may pack its answer as %s", async (coding, pack) => {
    const text = randomBytes(50_000).toString("hex");
    const server = await startMisbehavingServer(() => ({ headers: { "content-encoding": coding }, body: pack(text) }));
    expect((await get(patient, server.origin)).body.toString()).toBe(text);
  });

  test("may use all of the bytes that the caller allows, and not one more", async () => {
    const server = await startMisbehavingServer(() => ({ body: "x".repeat(1000) }));
    expect((await get(patient, server.origin, { maxBytes: 1000 })).body).toHaveLength(1000);
    expect(await verdictOf(get(patient, server.origin, { maxBytes: 999 }))).toEqual({
      code: "UNEXPECTED_RESPONSE",
      stage: "READ",
    });
  });

  test.each([301, 302, 303, 307, 308])("is not followed when it redirects with %i", async (status) => {
    const elsewhere = await startMisbehavingServer();
    const server = await startMisbehavingServer(() => ({ status, headers: { location: elsewhere.origin } }));
    const response = await get(patient, server.origin);
    expect([response.status, response.headers.location, elsewhere.connectionCount()]).toEqual([status, elsewhere.origin, 0]);
  });

  test("may take longer than the usual first byte when the caller gives the time", async () => {
    const server = await startMisbehavingServer(() => new Promise((resolve) => setTimeout(() => resolve({ body: "late" }), 500)));
    expect((await get(hasty, server.origin, { deadlineMs: 5_000 })).body.toString()).toBe("late");
    expect(await verdictOf(get(hasty, server.origin))).toEqual({ code: "TIMEOUT", stage: "READ" });
  });

  test("is called directly, whatever proxy the environment names", async () => {
    const proxy = await startMisbehavingServer();
    const server = await startMisbehavingServer(() => ({ body: "direct" }));
    for (const name of ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "NODE_USE_ENV_PROXY"]) vi.stubEnv(name, proxy.origin);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect((await get(createHttpClient({ allowList: local }), server.origin)).body.toString()).toBe("direct");
    expect(proxy.connectionCount()).toBe(0);
  });

  const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
  const HINTS = "HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\ncontent-length: 5\r\n\r\n";
  const ANSWER = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

  test.each<[string, readonly string[]]>([
    ["one", [`${CONTINUE}${ANSWER}`]],
    ["one apart", [CONTINUE, ANSWER]],
    ["another", [`${HINTS}${ANSWER}`]],
    ["ten", [CONTINUE, `${CONTINUE}${HINTS}`, CONTINUE.repeat(7), ANSWER]],
    ["one without a reason", [`HTTP/1.1 100 \r\n\r\n${ANSWER}`]],
    ["single bytes of two", [...`${HINTS}${CONTINUE}${ANSWER}`]],
  ])("may send up to ten interim answers before its answer: %s", async (_, pieces) => {
    const server = await startByteServer(async (socket) => {
      socket.setNoDelay(true);
      // Each piece arrives by itself, or joined to those around it where the machine is slow: the answer is the same.
      for (const piece of pieces) {
        await new Promise((written) => socket.write(piece, written));
        await new Promise(setImmediate);
      }
    });
    const { status, headers, body } = await get(patient, server.origin);
    expect([status, headers, body.toString()]).toEqual([200, { "content-length": "2" }, "ok"]);
  });

  test.each<[string, string]>([
    ["more than ten interim answers", CONTINUE.repeat(11)],
    ["an interim answer of another protocol", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"],
    ["an interim answer as long as no head may be", `HTTP/1.1 103 Early Hints\r\nlink: ${"x".repeat(20_000)}\r\n\r\n`],
    ["an interim answer that two may read differently", "HTTP/1.1 100 Continue\n\n"],
  ])("may not send %s", async (_, bytes) => {
    const server = await startByteServer((socket) => void socket.write(`${bytes}${ANSWER}`));
    expect(["UNEXPECTED_RESPONSE", "UNREACHABLE"]).toContain((await failureOf(get(patient, server.origin))).code);
  });

  test("sees a connection of its own for each request", async () => {
    const server = await startMisbehavingServer();
    await Promise.all([get(patient, server.origin), get(patient, server.origin), get(patient, server.origin)]);
    expect([server.requests.length, server.connectionCount()]).toEqual([3, 3]);
  });
});

describe("an upstream that misbehaves", () => {
  const verdicts: [Fault, string][] = [
    ["hang", "TIMEOUT"],
    ["slow-headers", "TIMEOUT"],
    ["trickling-body", "TIMEOUT"],
    ["stalled-body", "TIMEOUT"],
    ["oversized", "UNEXPECTED_RESPONSE"],
    ["great-length", "UNEXPECTED_RESPONSE"],
    ["gzip-bomb", "UNEXPECTED_RESPONSE"],
    ["brotli-bomb", "UNEXPECTED_RESPONSE"],
    ["two-codings", "UNEXPECTED_RESPONSE"],
    ["unknown-coding", "UNEXPECTED_RESPONSE"],
    ["broken-gzip", "UNEXPECTED_RESPONSE"],
    ["length-too-great", "UNEXPECTED_RESPONSE"],
    ["broken-chunk", "UNEXPECTED_RESPONSE"],
    ["length-and-chunked", "UNEXPECTED_RESPONSE"],
    ["long-header", "UNEXPECTED_RESPONSE"],
    ["many-headers", "UNEXPECTED_RESPONSE"],
    ["garbage-status", "UNEXPECTED_RESPONSE"],
    ["status-999", "UNEXPECTED_RESPONSE"],
    ["status-000", "UNEXPECTED_RESPONSE"],
    ["half-closed", "UNREACHABLE"],
    ["reset", "UNREACHABLE"],
    ["closed", "UNREACHABLE"],
  ];

  test.each(verdicts)("with the fault %s is %s, after one request", async (fault, code) => {
    const server = await startMisbehavingServer(fault);
    const begin = performance.now();
    const http = code === "TIMEOUT" ? hasty : patient;
    expect(await verdictOf(get(http, server.origin))).toEqual({ code, stage: "READ" });
    expect(performance.now() - begin).toBeLessThan(8_000);
    expect([server.requests.length, server.connectionCount()]).toEqual([1, 1]);
  });

  test("is not held in memory beyond the cap", async () => {
    const server = await startMisbehavingServer("oversized");
    const before = process.memoryUsage().rss;
    await failureOf(get(patient, server.origin));
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });

  test("with a pause in its body is given up by the stall, and named so", async () => {
    const server = await startMisbehavingServer("stalled-body");
    const failure = await failureOf(get(createHttpClient({ allowList: local, limits: { idleMs: 200 } }), server.origin));
    expect(failure.message).toBe("The server stopped in the middle of its answer.");
  });

  test("never has its bytes in an error", async () => {
    const server = await startMisbehavingServer();
    for (const body of ["secret-canary", Buffer.from("secret-canary")]) {
      server.behave(() => ({ headers: { "content-encoding": "gzip", "x-canary": "secret-canary" }, body }));
      const failure = await failureOf(get(patient, server.origin));
      expect(`${failure.message} ${String(failure.cause)} ${failure.stack}`).not.toContain("canary");
    }
  });
});

describe("a server that cannot be reached", () => {
  test("is named in plain words when it refuses", async () => {
    const port = await findRefusingPort();
    const failure = await failureOf(get(patient, `http://127.0.0.1:${port}`));
    expect({ code: failure.code, stage: failure.stage, message: failure.message }).toEqual({
      code: "UNREACHABLE",
      stage: "CONNECT",
      message: `No server answers at http://127.0.0.1:${port} (connection refused).`,
    });
  });

  test("that is not allowed sees no connection", async () => {
    const server = await startMisbehavingServer();
    const http = createHttpClient({ allowList: parseAllowList([]) });
    expect(await verdictOf(get(http, server.origin))).toEqual({ code: "BLOCKED_ADDRESS", stage: "VALIDATE" });
    expect(server.connectionCount()).toBe(0);
  });
});

describe("a caller who stops", () => {
  test.each<Fault>(["hang", "slow-headers", "stalled-body", "trickling-body"])(
    "is obeyed at once while the server has the fault %s",
    async (fault) => {
      const server = await startMisbehavingServer(fault);
      const begin = performance.now();
      expect((await failureOf(get(patient, server.origin, { signal: AbortSignal.timeout(150) }))).code).toBe("TIMEOUT");
      expect(performance.now() - begin).toBeLessThan(3_000);
    },
  );

  test("before the beginning reaches nobody", async () => {
    const server = await startMisbehavingServer();
    expect((await failureOf(get(patient, server.origin, { signal: AbortSignal.abort() }))).code).toBe("TIMEOUT");
    expect(server.connectionCount()).toBe(0);
  });
});

describe("a header", () => {
  test.each([
    ["a line end in its value", { "x-key": "secret-canary\r\nhost: evil" }],
    ["a NUL in its value", { "x-key": "secret-canary\0" }],
    ["a character beyond Latin-1", { "x-key": "secret-canary-ключ" }],
    ["more than 8 KB", { "x-key": `secret-canary${"x".repeat(9000)}` }],
    ["a line end in its name", { "x\r\nsecret-canary": "a" }],
    ["an empty name", { "": "secret-canary" }],
    ["the name Host", { Host: "secret-canary" }],
    ["the name Transfer-Encoding", { "Transfer-Encoding": "chunked, secret-canary" }],
    ["the name Connection", { connection: "secret-canary" }],
  ])("with %s is refused before anything is sent, and not printed", async (_, headers) => {
    const server = await startMisbehavingServer();
    const failure = await failureOf(get(patient, server.origin, { headers: headers as Record<string, string> }));
    expect({ code: failure.code, stage: failure.stage }).toEqual({ code: "INVALID_FIELDS", stage: "VALIDATE" });
    expect(`${failure.stack} ${String(failure.cause)}`).not.toContain("canary");
    expect(server.connectionCount()).toBe(0);
  });
});

describe("TLS", () => {
  async function startTlsUpstream(options: TlsOptions = {}): Promise<string> {
    const server = createHttpsServer({ cert: TEST_CERTIFICATE, key: TEST_CERTIFICATE_KEY, ...options }, (_, response) =>
      response.end("secure"),
    );
    return `https://127.0.0.1:${await listen(server)}`;
  }
  const trusting = (host?: string) =>
    createHttpClient({
      allowList: parseAllowList(["127.0.0.1"]),
      pinnedAuthorities: new Map([[host ?? "127.0.0.1", [TEST_CERTIFICATE]]]),
      limits: SECONDS_ARE_SHORT,
      ...(host && { lookupHost: async () => ["127.0.0.1"] }),
    });

  test("is agreed with a server whose certificate is trusted and fits, by name and by address", async () => {
    const origin = await startTlsUpstream();
    const stages: string[] = [];
    const byAddress = await get(trusting(), origin, { onStage: (stage) => stages.push(stage) });
    const byName = await get(trusting("upstream.test"), origin.replace("127.0.0.1", "upstream.test"));
    expect([byAddress, byName].map(({ body }) => body.toString())).toEqual(["secure", "secure"]);
    expect(stages).toEqual(["RESOLVE", "CONNECT", "TLS", "READ"]);
  });

  test("is refused with a self-signed certificate, even when the environment says to accept all", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    onTestFinished(() => void vi.unstubAllEnvs());
    const origin = await startTlsUpstream();
    const failure = await failureOf(get(patient, origin));
    expect({ code: failure.code, stage: failure.stage, message: failure.message }).toEqual({
      code: "UNREACHABLE",
      stage: "TLS",
      message: `The certificate of ${origin} is not accepted: it is self-signed.`,
    });
  });

  test("is refused with a certificate for another name", async () => {
    const origin = (await startTlsUpstream()).replace("127.0.0.1", "other.test");
    const failure = await failureOf(get(trusting("other.test"), origin));
    expect(failure.message).toBe(`The certificate of ${origin} is not accepted: it is not for other.test.`);
  });

  test("is refused below version 1.2", async () => {
    const origin = await startTlsUpstream({ minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
    expect(await verdictOf(get(trusting(), origin))).toEqual({ code: "UNREACHABLE", stage: "TLS" });
  });

  test("is not found where a plain http server listens", async () => {
    const server = await startMisbehavingServer();
    const failure = await failureOf(get(trusting(), server.origin.replace("http:", "https:")));
    expect([failure.code, failure.stage, failure.message]).toEqual([
      "UNREACHABLE",
      "TLS",
      expect.stringContaining("is it an http server?"),
    ]);
  });

  test("is given up with a server that accepts and says nothing", async () => {
    const port = await listen(createTcpServer((socket) => socket.on("error", () => undefined)));
    expect(await verdictOf(get(trusting(), `https://127.0.0.1:${port}`))).toEqual({ code: "TIMEOUT", stage: "TLS" });
  });

  test("hears of a server that cuts the connection right after the handshake", async () => {
    const server = createTlsServer({ cert: TEST_CERTIFICATE, key: TEST_CERTIFICATE_KEY }, (socket) => socket.destroy());
    expect((await failureOf(get(trusting(), `https://127.0.0.1:${await listen(server)}`))).code).toBe("UNREACHABLE");
  });
});
