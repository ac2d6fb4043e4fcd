import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { type Edge, startEdge } from "../support/edge.ts";
import { createEdgeSchema } from "../support/edge-schema.ts";
import { exchangeRaw } from "../support/raw-http.ts";
import { RAW_CASES } from "./raw-cases.ts";

const schema = createEdgeSchema({ Query: { me: () => "ada" } });
const PROBE = "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/** What a case is answered, and what of it has none of the headers that every answer has. */
async function try_(edge: Edge, bytes: string) {
  const { statuses, text, closed } = await exchangeRaw(edge.url, bytes);
  const heads = text.split(/(?=HTTP\/1\.1 \d)/).filter((answer) => answer !== "" && !answer.startsWith("HTTP/1.1 100"));
  const bare = heads.filter((head) => !/x-content-type-options: nosniff/i.test(head) || /\r\nserver:/i.test(head));
  return { statuses, bare, isSettled: statuses.length > 0 || closed };
}

it("every stream of bytes is answered once a request, with the security headers, or the connection is closed, and never hangs", async () => {
  const edge = await startEdge(schema);
  const found = await Promise.all(RAW_CASES.map(async ([name, bytes]) => ({ name, ...(await try_(edge, bytes)) })));
  expect(found).toEqual(RAW_CASES.map(([name, , statuses]) => ({ name, statuses, bare: [], isSettled: true })));
  expect(RAW_CASES.length).toBeGreaterThanOrEqual(52);
});

it("what follows a refused body on the connection is not read as a request", async () => {
  const edge = await startEdge(schema);
  const refused = RAW_CASES.filter(([, , statuses]) => statuses.length === 1 && Number(statuses[0]) >= 400);
  const answers = await Promise.all(refused.map(([, bytes]) => exchangeRaw(edge.url, bytes + PROBE)));
  // The probe is answered where the connection goes on; a third answer would be of a request that was smuggled.
  expect(answers.filter(({ statuses }) => statuses.length > 2)).toEqual([]);
});

it("a client that asks for a tunnel and resets its connection takes nothing down with it", async () => {
  const thrown: unknown[] = [];
  const note = (error: unknown) => thrown.push(error);
  process.on("uncaughtExceptionMonitor", note);
  onTestFinished(() => void process.off("uncaughtExceptionMonitor", note));
  const edge = await startEdge(createEdgeSchema({ Query: { me: () => setTimeout(300, "ada") } }));
  const body = JSON.stringify({ query: "{ me }" });
  const request = `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const socket = connect(Number(new URL(edge.url).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(`${request}CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n`);
  await setTimeout(100);
  socket.resetAndDestroy();
  await setTimeout(400);
  expect(thrown).toEqual([]);
  expect((await exchangeRaw(edge.url, PROBE)).statuses).toEqual([200]);
});

it("a connection that sends nothing, headers that stop and a body that stops are closed in time", async () => {
  const edge = await startEdge(schema, { config: parseConfig({ HEADERS_SECONDS: "1", REQUEST_SECONDS: "2" }) });
  const silent = exchangeRaw(edge.url, "");
  const head = exchangeRaw(edge.url, "GET /health HTTP/1.1\r\nHost: a\r\n");
  const body = exchangeRaw(
    edge.url,
    "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
  );
  const [nothing, late, trickled] = await Promise.all([silent, head, body]);
  expect([nothing.closed, late, trickled]).toEqual([
    true,
    expect.objectContaining({ statuses: [408], closed: true }),
    expect.objectContaining({ statuses: [408], closed: true }),
  ]);
});

it("a client that reads nothing of a large answer is cut off, while one that reads slowly gets it whole", async () => {
  const large = "a".repeat(30_000_000);
  const edge = await startEdge(createEdgeSchema({ Query: { me: () => large } }), { config: parseConfig({ STALL_SECONDS: "1" }) });
  const read = async (pauseMs: number) => {
    const socket = connect(Number(new URL(edge.url).port), "127.0.0.1");
    socket.on("error", () => {});
    const body = JSON.stringify({ query: "{ me }" });
    const type = "Content-Type: application/json\r\nConnection: close\r\n";
    socket.write(`POST /graphql HTTP/1.1\r\nHost: a\r\n${type}Content-Length: ${body.length}\r\n\r\n${body}`);
    await once(socket, "readable");
    await setTimeout(pauseMs);
    let bytes = 0;
    socket.on("data", (piece: Buffer) => {
      bytes += piece.length;
    });
    if (!socket.closed) await once(socket, "close");
    return bytes;
  };
  const [late, prompt] = await Promise.all([read(5_000), read(100)]);
  expect(late).toBeLessThan(large.length);
  expect(prompt).toBeGreaterThan(large.length);
});
