import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { expect, onTestFinished, test } from "vitest";
import { tokenOf } from "../support/call-node.ts";
import { memoryBound } from "../support/memory-bound.ts";
import { beginRequest, headOf } from "../support/raw-request.ts";
import { startStreamingServer } from "../support/raw-upstream.ts";
import { scriptOf } from "../support/script.ts";

const MEGABYTE = 1024 * 1024;
const GREAT = 200;
const MOST_ADDED_MIB = memoryBound(64);

/** A call node in a process of its own that calls the upstream; `weigh` gives its greatest weight in MiB since the last time. */
async function startCallProcess(upstream: string) {
  const child = spawn(process.execPath, ["--expose-gc", await scriptOf("call-process")], {
    env: { ...process.env, UPSTREAM: upstream },
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, "exit");
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const hear = async () => JSON.parse((await lines.next()).value ?? "{}") as Record<string, unknown>;
  const { url, id } = await hear();
  const weigh = async () => {
    child.stdin.write("\n");
    return Number((await hear()).heaviestMiB);
  };
  return { url: String(url), path: `/api/call/${id}/great`, weigh };
}

function* megabytes(count: number) {
  const piece = Buffer.alloc(MEGABYTE, "sk-012345 ");
  for (let index = 0; index < count; index += 1) yield piece;
}

function createCounter() {
  const counter = {
    bytes: 0,
    sink: new Writable({
      write: (piece, _, done) => {
        counter.bytes += piece.length;
        done();
      },
    }),
  };
  return counter;
}

test(`200 MB down and 200 MB up go through within ${MOST_ADDED_MIB} MiB above idle`, async () => {
  const received = createCounter();
  const upstream = await startStreamingServer(async (request, response) => {
    if (request.method === "GET") return pipeline(Readable.from(megabytes(GREAT)), response).catch(() => undefined);
    await pipeline(request, received.sink);
    response.end("taken");
  });
  const gateway = await startCallProcess(upstream.origin);
  const headers = { authorization: `Bearer ${tokenOf("ada")}` };
  const down = async (size: string) => {
    const begun = beginRequest(gateway.url, { path: `${gateway.path}?${size}`, headers });
    begun.end();
    const counter = createCounter();
    await pipeline(await headOf(begun), counter.sink);
    return counter.bytes;
  };
  await gateway.weigh();
  const idle = await gateway.weigh();

  const startedAt = performance.now();
  expect(await down("whole")).toBe(GREAT * MEGABYTE);
  const downAt = performance.now();
  const downPeak = await gateway.weigh();

  const begun = beginRequest(gateway.url, { method: "POST", path: gateway.path, headers });
  const answered = headOf(begun);
  await pipeline(Readable.from(megabytes(GREAT)), begun);
  const answer = await answered;
  answer.resume();
  await once(answer, "end");
  const upAt = performance.now();
  const upPeak = await gateway.weigh();

  const rate = (from: number, to: number) => Math.round((GREAT * 1000) / (to - from));
  console.info(
    `calls through the gateway: idle ${idle} MiB, ${GREAT} MB down +${downPeak - idle} MiB at ${rate(startedAt, downAt)} MB/s, ` +
      `up +${upPeak - idle} MiB at ${rate(downAt, upAt)} MB/s`,
  );
  expect([answer.statusCode, received.bytes]).toEqual([200, GREAT * MEGABYTE]);
  expect(downPeak - idle).toBeLessThan(MOST_ADDED_MIB);
  expect(upPeak - idle).toBeLessThan(MOST_ADDED_MIB);
}, 120_000);
