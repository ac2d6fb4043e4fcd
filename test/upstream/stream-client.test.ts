import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseAllowList } from "../../src/upstream/allow-list.ts";
import { ConnectionError } from "../../src/upstream/connection-error.ts";
import { createStreamClient } from "../../src/upstream/guarded-stream-client.ts";
import { endBody, type StreamBody, type StreamClient, type StreamRequest } from "../../src/upstream/stream-client.ts";
import type { StreamLimits } from "../../src/upstream/upstream-limits.ts";
import { type Fault, findRefusingPort, startMisbehavingServer } from "../support/misbehaving-server.ts";
import { startByteServer, startStreamingServer, until } from "../support/raw-upstream.ts";

const MEGABYTE = 1024 * 1024;
/** Longer than a connection rests before it is used again. */
const REST_MS = 60;

async function rest(): Promise<void> {
  await sleep(REST_MS);
  // However late the machine is, the connection's own turn comes before this one.
  await turn();
}

function createClient(limits: Partial<StreamLimits> = {}, allowed = ["127.0.0.0/8"]): StreamClient {
  const client = createStreamClient({ allowList: parseAllowList(allowed), limits });
  onTestFinished(() => client.close());
  return client;
}

function requestTo(url: string, changes: Partial<StreamRequest> = {}): StreamRequest {
  return { method: "GET", url, poolKey: "ada", signal: new AbortController().signal, ...changes };
}

function streamed(body: StreamBody): Readable {
  if (body instanceof Readable) return body;
  throw new Error("The whole body was there with the head.");
}

async function textOf(body: StreamBody): Promise<string> {
  if (!(body instanceof Readable)) return Buffer.from(body).toString();
  const pieces: Buffer[] = [];
  for await (const piece of body as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function ask(client: StreamClient, url: string, changes: Partial<StreamRequest> = {}): Promise<string> {
  return textOf((await client.openStream(requestTo(url, changes))).body);
}

async function failureOf(promise: Promise<unknown>): Promise<ConnectionError> {
  const error = await promise.then(
    (value) => new Error(`It passed: ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConnectionError);
  return error as ConnectionError;
}

describe("an answer", () => {
  test("that never comes to its end is given up after a time, though it moves all along", async () => {
    const upstream = await startStreamingServer((_, response) => {
      response.writeHead(200, { "content-length": "100000" });
      const trickling = setInterval(() => response.write(" "), 10);
      response.once("close", () => clearInterval(trickling));
    });
    const failure = await failureOf(ask(createClient({ totalMs: 200 }), upstream.origin));
    expect(failure).toMatchObject({ code: "TIMEOUT", stage: "READ", message: "The call was not over within 0.2 s." });
  });

  test("arrives piece by piece, each as soon as the upstream sends it", async () => {
    let answer: ServerResponse | undefined;
    const upstream = await startStreamingServer((_, response) => {
      answer = response;
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    });
    const { status, headers, body } = await createClient().openStream(requestTo(upstream.origin));
    const pieces = streamed(body)[Symbol.asyncIterator]();
    const seen: string[] = [];
    for (const event of ["data: 1\n\n", "data: 2\n\n"]) {
      answer?.write(event);
      seen.push(String((await pieces.next()).value));
    }
    answer?.end();
    expect([status, headers["content-type"], seen, (await pieces.next()).done]).toEqual([
      200,
      "text/event-stream",
      ["data: 1\n\n", "data: 2\n\n"],
      true,
    ]);
  });

  test("that is there with its head is whole at once", async () => {
    const upstream = await startByteServer((socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
    const { body } = await createClient().openStream(requestTo(upstream.origin));
    expect(body).toEqual(Buffer.from("ok"));
  });

  test("that nobody reads holds the upstream back", async () => {
    let sent = 0;
    const upstream = await startStreamingServer(async (_, response) => {
      const piece = Buffer.alloc(MEGABYTE, "x");
      for (let count = 0; count < 100; count += 1) {
        sent += 1;
        if (!response.write(piece)) await once(response, "drain");
      }
      response.end();
    });
    // Shorter than nobody reads, and longer than a busy machine lets the upstream in this process wait.
    const { body } = await createClient({ idleMs: 1_000 }).openStream(requestTo(upstream.origin));
    await sleep(1_200);
    const held = sent;
    expect(held).toBeLessThan(50);
    expect((await textOf(body)).length).toBe(100 * MEGABYTE);
  });

  test("has its one content coding taken off, and another is refused", async () => {
    const server = await startMisbehavingServer(() => ({ headers: { "content-encoding": "gzip" }, body: gzipSync("plain") }));
    expect(await ask(createClient(), server.origin)).toBe("plain");
    expect((await createClient().openStream(requestTo(server.origin, { method: "HEAD" }))).status).toBe(200);
    server.behave("two-codings");
    expect(await failureOf(ask(createClient(), server.origin))).toMatchObject({ code: "UNEXPECTED_RESPONSE" });
  });

  test("over the cap is broken off", async () => {
    const server = await startMisbehavingServer("oversized");
    expect(await failureOf(ask(createClient({ maxBytes: 3 * MEGABYTE }), server.origin))).toMatchObject({
      code: "UNEXPECTED_RESPONSE",
    });
  });

  test("without a body that says how long it would be is whole", async () => {
    const server = await startMisbehavingServer(() => ({ status: 304, headers: { "content-length": "20", etag: '"a"' } }));
    const client = createClient();
    const { status, headers, body } = await client.openStream(requestTo(server.origin));
    expect([status, headers.etag, await textOf(body)]).toEqual([304, '"a"', ""]);
    server.behave(() => ({ body: "fine" }));
    expect(await ask(client, server.origin)).toBe("fine");
  });

  test("with a redirect is the answer, and nobody follows it", async () => {
    const server = await startMisbehavingServer("redirect");
    const { status, headers } = await createClient().openStream(requestTo(server.origin));
    expect([status, headers.location, server.requests.length]).toEqual([302, "/elsewhere", 1]);
  });
});

describe("an upstream that misbehaves is a ConnectionError, never a good end:", () => {
  const faults: readonly [Fault, ConnectionError["code"]][] = [
    ["hang", "TIMEOUT"],
    ["slow-headers", "TIMEOUT"],
    ["stalled-body", "TIMEOUT"],
    ["length-too-great", "UNEXPECTED_RESPONSE"],
    ["broken-chunk", "UNEXPECTED_RESPONSE"],
    ["length-and-chunked", "UNEXPECTED_RESPONSE"],
    ["broken-gzip", "UNEXPECTED_RESPONSE"],
    ["unknown-coding", "UNEXPECTED_RESPONSE"],
    ["garbage-status", "UNEXPECTED_RESPONSE"],
    ["status-999", "UNEXPECTED_RESPONSE"],
    ["status-000", "UNEXPECTED_RESPONSE"],
    ["long-header", "UNEXPECTED_RESPONSE"],
    ["many-headers", "UNEXPECTED_RESPONSE"],
    ["half-closed", "UNREACHABLE"],
    ["reset", "UNREACHABLE"],
    ["closed", "UNREACHABLE"],
  ];
  test.each(faults)("%s", async (fault, code) => {
    const server = await startMisbehavingServer(fault);
    const client = createClient({ firstByteMs: 200, idleMs: 200 });
    expect((await failureOf(ask(client, server.origin))).code).toBe(code);
    server.behave(() => ({ body: "fine" }));
    expect(await ask(client, server.origin)).toBe("fine");
  });

  test("nobody listening, an address that is not allowed, headers of the framing", async () => {
    const refusing = `http://127.0.0.1:${await findRefusingPort()}`;
    expect(await failureOf(ask(createClient(), refusing))).toMatchObject({ code: "UNREACHABLE", stage: "CONNECT" });
    expect(await failureOf(ask(createClient({}, []), refusing))).toMatchObject({ code: "BLOCKED_ADDRESS" });
    expect(await failureOf(ask(createClient(), refusing, { headers: { host: "x" } }))).toMatchObject({ code: "INVALID_FIELDS" });
  });
});

describe("a body that is sent", () => {
  test("streams out with its length, and chunked without one", async () => {
    const server = await startMisbehavingServer();
    const client = createClient();
    await ask(client, server.origin, {
      method: "POST",
      body: Readable.from([Buffer.from("ab"), Buffer.from("c")]),
      bodyLength: 3,
    });
    await ask(client, server.origin, { method: "POST", body: Readable.from([Buffer.from("ab"), Buffer.from("c")]) });
    await ask(client, server.origin, { method: "PUT", body: Buffer.from("whole") });
    const seen = server.requests.map(({ body, headers }) => [body, headers["content-length"], headers["transfer-encoding"]]);
    expect(seen).toEqual([
      ["abc", "3", undefined],
      ["abc", undefined, "chunked"],
      ["whole", "5", undefined],
    ]);
  });

  test("may take longer than the first byte, as long as it moves", async () => {
    const server = await startMisbehavingServer();
    async function* slowly() {
      for (let count = 0; count < 6; count += 1) {
        await sleep(60);
        yield Buffer.from(String(count));
      }
    }
    const client = createClient({ firstByteMs: 150, idleMs: 150 });
    await ask(client, server.origin, { method: "POST", body: Readable.from(slowly()) });
    expect(server.requests[0]?.body).toBe("012345");
    const stuck = new Readable({ read: () => undefined });
    expect(await failureOf(ask(client, server.origin, { method: "POST", body: stuck }))).toMatchObject({ code: "TIMEOUT" });
  });

  test("of another length than was said is never sent as if it were whole", async () => {
    const server = await startMisbehavingServer();
    for (const bodyLength of [2, 4]) {
      const body = Readable.from([Buffer.from("abc")]);
      await expect(ask(createClient(), server.origin, { method: "POST", body, bodyLength })).rejects.toThrow();
    }
    expect(server.requests).toEqual([]);
  });

  test("is left alone when the upstream answers before it was all read", async () => {
    const upstream = await startStreamingServer((_, response) => response.writeHead(413).end("too large"));
    const body = new Readable({ read: () => undefined });
    body.push("beginning");
    const response = await createClient().openStream(requestTo(upstream.origin, { method: "POST", body }));
    expect([response.status, await textOf(response.body), body.destroyed]).toEqual([413, "too large", false]);
  });

  test("stops the upstream when it breaks off", async () => {
    let wasCut = false;
    const upstream = await startStreamingServer((request) => {
      request.resume().on("error", () => {
        wasCut = true;
      });
    });
    async function* broken() {
      yield Buffer.from("beginning");
      throw new Error("the caller is gone");
    }
    await expect(ask(createClient(), upstream.origin, { method: "POST", body: Readable.from(broken()) })).rejects.toThrow();
    await until(() => wasCut);
  });
});

describe("whoever ends the exchange ends it at the upstream too:", () => {
  test.each(["destroys the body", "aborts", "never reads"] as const)("a caller who %s", async (how) => {
    let isClosed = false;
    const upstream = await startStreamingServer((_, response) => {
      response.once("close", () => {
        isClosed = true;
      });
      response.writeHead(200).write("beginning");
    });
    const caller = new AbortController();
    const answer = await createClient().openStream(requestTo(upstream.origin, { signal: caller.signal }));
    const body = streamed(answer.body);
    body.on("error", () => undefined);
    if (how !== "never reads") await once(body, "readable");
    if (how === "aborts") caller.abort();
    else body.destroy();
    await until(() => isClosed);
    if (how === "aborts") expect(await failureOf(textOf(body))).toMatchObject({ code: "TIMEOUT" });
  });
});

describe("a connection", () => {
  test("is used again after a whole answer, and only for its key", async () => {
    const server = await startMisbehavingServer(() => ({ body: "fine" }));
    const client = createClient();
    for (const poolKey of ["ada", "ada", "ada", "bob", "ada", "bob"]) {
      await ask(client, server.origin, { poolKey });
      await rest();
    }
    expect(server.connectionCount()).toBe(2);
  });

  test("is not used again after an answer that was left unread, an error, HEAD, or Connection: close", async () => {
    const server = await startMisbehavingServer(({ path }) => ({
      headers: { connection: path === "/close" ? "close" : "keep-alive" },
      body: "x".repeat(100_000),
    }));
    const client = createClient();
    endBody((await client.openStream(requestTo(server.origin))).body);
    await rest();
    await ask(client, `${server.origin}/close`);
    await rest();
    await ask(client, server.origin, { method: "HEAD" });
    await rest();
    await ask(client, server.origin);
    expect(server.connectionCount()).toBe(4);
  });

  test("that the upstream closed meanwhile is not used, so it costs no request", async () => {
    const upstream = await startByteServer((socket, piece) => {
      const name = /^[A-Z]+ (\/\S*)/.exec(piece)?.[1];
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${name?.length}\r\n\r\n${name}`);
      setTimeout(() => socket.destroy(), 10);
    });
    const client = createClient();
    for (let count = 0; count < 10; count += 1) {
      expect(await ask(client, `${upstream.origin}/${count}`, { method: "POST", body: Buffer.from("x") })).toBe(`/${count}`);
      await sleep(count * 8);
    }
  });

  test("goes on with interim answers before each of its answers, ten at most each time", async () => {
    const interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n";
    let times = 5;
    const upstream = await startByteServer((socket, _, count) => {
      const body = String(count);
      socket.write(`${interim.repeat(times)}HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    });
    const client = createClient();
    for (const body of ["1", "2", "3"]) {
      expect(await ask(client, upstream.origin)).toBe(body);
      await rest();
    }
    expect(upstream.connectionCount()).toBe(1);
    times = 6;
    expect(await failureOf(ask(client, upstream.origin))).toMatchObject({ code: "UNEXPECTED_RESPONSE" });
  });

  test("that dies with the request on it: a GET goes out again, a POST does not", async () => {
    const seen: string[] = [];
    const upstream = await startByteServer((socket, piece, count) => {
      seen.push(piece.split(" ")[0] ?? "");
      if (count === 1) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      else socket.destroy();
    });
    const client = createClient();
    await ask(client, upstream.origin);
    await rest();
    expect(await ask(client, upstream.origin)).toBe("ok");
    await rest();
    const post = ask(client, upstream.origin, { method: "POST", body: Buffer.from("x") });
    expect(await failureOf(post)).toMatchObject({ code: "UNREACHABLE" });
    expect(seen).toEqual(["GET", "GET", "GET", "POST"]);
  });
});

describe("an upstream that says more than its answer poisons nobody:", () => {
  const POISON = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison";
  const lies: Record<string, (write: (text: string) => void) => void> = {
    "in one write": (write) => write(`HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok${POISON}`),
    "right behind": (write) => {
      write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      write(POISON);
    },
    "a moment later": (write) => {
      write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      setTimeout(() => write(POISON), 2);
    },
    "later, when all is quiet": (write) => {
      write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      setTimeout(() => write(POISON), 15);
    },
    "as a body of 204": (write) => write(`HTTP/1.1 204 No Content\r\n\r\n${POISON}`),
    "behind a chunked body": (write) =>
      write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n${POISON}`),
    "around interim answers": (write) =>
      write(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 100 Continue\r\n\r\n${POISON}`),
    "in an interim answer behind its answer": (write) =>
      write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 100 Continue\r\n\r\n"),
  };
  test.each(Object.keys(lies))("%s", async (name) => {
    let isLying = true;
    const upstream = await startByteServer((socket) => {
      const write = (text: string) => void (socket.writable && socket.write(text));
      if (isLying) lies[name]?.(write);
      else write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine");
    });
    const client = createClient();
    for (let round = 0; round < 10; round += 1) {
      isLying = true;
      const lied = await ask(client, upstream.origin).catch(() => "");
      expect(["ok", ""]).toContain(lied);
      isLying = false;
      if (round % 2 === 1) await rest();
      expect(await ask(client, upstream.origin)).toBe("fine");
    }
  });
});
