import { EventEmitter, once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { startEdge } from "../support/edge.ts";
import { createEdgeSchema } from "../support/edge-schema.ts";

const HEAD = "host: postern.example.test\r\n\r\n";

/** A connection of a client that keeps it, with what came so far. */
async function open(url: string) {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  let text = "";
  socket.on("data", (piece) => {
    text += String(piece);
  });
  await once(socket, "connect");
  return { socket, text: () => text, ended: once(socket, "close") };
}

/** A resolver that answers when it is told to. */
function createWaiting() {
  const under = new EventEmitter();
  const wait = async () => {
    under.emit("begun");
    return (await once(under, "finish"))[0];
  };
  return { wait, begun: () => once(under, "begun"), finish: () => under.emit("finish", "answered") };
}

it("the server closes at once although clients hold connections that they never used, and answers what is under way", async () => {
  const { wait, begun, finish } = createWaiting();
  const edge = await startEdge(createEdgeSchema({ Query: { wait } }));
  const silent = await open(edge.url);
  const hasBegun = begun();
  const answer = edge.post({ query: "{ wait }" });
  await hasBegun;
  const startedAt = performance.now();
  const closed = edge.close();
  finish();
  expect((await answer).body).toEqual({ data: { wait: "answered" } });
  await closed;
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  await silent.ended;
});

it("a server that is told to end is not ready at once, goes on to answer for a while, and then lets go of its connections", async () => {
  const edge = await startEdge(createEdgeSchema({}));
  const kept = await open(edge.url);
  const ask = async () => {
    kept.socket.write(`GET /health HTTP/1.1\r\n${HEAD}`);
    await once(kept.socket, "data");
    return kept.text().split("HTTP/1.1 ").at(-1);
  };
  expect(await ask()).toMatch(/^200[\s\S]*\nconnection: keep-alive\r\n/i);
  const idleMs = 30_000;
  const drained = edge.drain(1_000, idleMs);
  const probe = await fetch(`${edge.url}/health/ready`, { headers: { connection: "close" } });
  expect(probe.status).toBe(503);
  expect(await probe.json()).toMatchObject({ status: "not ready", parts: { listener: "stopping", database: "ok" } });
  // Whoever had to connect anew would do so in the moment in which nobody is taken any more.
  expect(await ask()).toMatch(/^200[\s\S]*\nconnection: keep-alive\r\n/i);
  const connects = () =>
    open(edge.url).then(
      ({ socket }) => socket.destroy(),
      () => null,
    );
  while ((await connects()) !== null) await sleep(10);
  const letGoAt = performance.now();
  // Whoever keeps a connection may come back to it later than the listener took to close.
  await sleep(1_500);
  expect(await ask()).toMatch(/^200[\s\S]*\nconnection: close\r\n/i);
  await kept.ended;
  await drained;
  // Where no connection is left, nobody is waited for.
  expect(performance.now() - letGoAt).toBeLessThan(idleMs / 2);
});

it("a server that takes nobody new answers what has begun to arrive, and closes what rests", async () => {
  const { wait, begun, finish } = createWaiting();
  const edge = await startEdge(createEdgeSchema({ Query: { wait } }));
  const [unused, rested, arriving] = await Promise.all([open(edge.url), open(edge.url), open(edge.url)]);
  rested.socket.write(`GET /health HTTP/1.1\r\n${HEAD}`);
  await once(rested.socket, "data");
  arriving.socket.write("GET /health HTTP/1.1\r\n");
  const hasBegun = begun();
  const answer = edge.post({ query: "{ wait }" });
  await hasBegun;
  const drained = edge.drain(0, 0);
  await Promise.all([unused.ended, rested.ended]);
  await expect(fetch(`${edge.url}/health`)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
  arriving.socket.write(HEAD);
  await arriving.ended;
  expect(arriving.text()).toMatch(/^HTTP\/1\.1 200[\s\S]*\nconnection: close\r\n/i);
  finish();
  expect((await answer).body).toEqual({ data: { wait: "answered" } });
  await drained;
});
