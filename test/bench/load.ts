import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

/*
 * The load, in a process of its own: HTTP/1.1 over plain sockets, one request at a time on each, written beforehand. It knows just
 * enough of HTTP to tell where an answer ends, so that it costs little beside what it measures.
 */

export type Scenario = {
  readonly host: string;
  readonly port: number;
  /** Whole requests as they go over the wire, sent in turn. */
  readonly requests: readonly string[];
  readonly connections: number;
  /** How long to send for. */
  readonly seconds: number;
};

export type LoadResult = {
  readonly requests: number;
  readonly seconds: number;
  /** Answers that were not 2xx, and connections that were lost. */
  readonly failures: number;
  /** In milliseconds. */
  readonly p50: number;
  readonly p99: number;
};

const HEAD_END = Buffer.from("\r\n\r\n");

/** Length of the whole answer at the beginning of the bytes, or null while it is not all there. */
function answerLength(bytes: Buffer): number | null {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const head = bytes.toString("latin1", 0, headEnd).toLowerCase();
  const [, length] = /\r\ncontent-length: (\d+)/.exec(head) ?? [];
  if (length !== undefined) return bytes.length >= headEnd + 4 + Number(length) ? headEnd + 4 + Number(length) : null;
  const end = bytes.indexOf("0\r\n\r\n", headEnd);
  return end < 0 ? null : end + 5;
}

class Caller {
  readonly latencies: number[] = [];
  failures = 0;
  readonly #socket: Socket;
  readonly #next: () => string | null;
  #sentAt = 0;
  #pending: Buffer = Buffer.alloc(0);
  readonly done: Promise<void>;

  constructor({ host, port }: Scenario, next: () => string | null) {
    this.#next = next;
    this.#socket = connect({ host, port, noDelay: true });
    this.done = new Promise((resolve) => this.#socket.once("close", () => resolve()));
    this.#socket.once("connect", () => this.#send());
    this.#socket.on("data", (chunk) => this.#receive(chunk));
    this.#socket.on("error", () => {
      this.failures += 1;
    });
  }

  #send(): void {
    const request = this.#next();
    if (request === null) return void this.#socket.end();
    this.#sentAt = performance.now();
    this.#socket.write(request);
  }

  #receive(chunk: Buffer): void {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const length = answerLength(bytes);
    this.#pending = length === null ? bytes : bytes.subarray(length);
    if (length === null) return;
    this.latencies.push(performance.now() - this.#sentAt);
    // "HTTP/1.1 200": the first digit of the status.
    if (bytes[9] !== 0x32) this.failures += 1;
    this.#send();
  }
}

async function run(scenario: Scenario): Promise<LoadResult> {
  const begin = performance.now();
  const end = begin + scenario.seconds * 1_000;
  let count = 0;
  const next = () => {
    if (performance.now() >= end) return null;
    count += 1;
    return scenario.requests[count % scenario.requests.length] ?? null;
  };
  const callers = Array.from({ length: scenario.connections }, () => new Caller(scenario, next));
  await Promise.all(callers.map(({ done }) => done));
  const seconds = (performance.now() - begin) / 1_000;
  const latencies = callers.flatMap((caller) => caller.latencies).sort((a, b) => a - b);
  const at = (part: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0;
  const failures = callers.reduce((sum, caller) => sum + caller.failures, 0);
  return { requests: latencies.length, seconds, failures, p50: at(0.5), p99: at(0.99) };
}

if (process.argv[1]?.endsWith("run.mjs")) {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await run(JSON.parse(line) as Scenario))}\n`);
  }
}
