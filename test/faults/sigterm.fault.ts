import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Me, SaveCredential } from "../api/documents.ts";
import type { GraphqlAnswer } from "../support/gateway.ts";
import { execute, startProduct } from "../support/product.ts";
import { defineFault } from "./support/define-fault.ts";
import { Ledger } from "./support/ledger.ts";
import { checkStore } from "./support/store-check.ts";
import { signUpWriters, type Writer } from "./support/writers.ts";

const SAVING = 16;
const READS_A_SECOND = 500;
const MOST_READING = 64;
const TICK_MS = 20;

/** What a round's callers saw: answers, and requests that were begun and came to nothing. */
type Tally = { answered: number; refused: number; dropped: number; codes: Set<string>; isOver: boolean };

/** True for a connection that was never taken: the request was not sent, and another node may take it. */
function wasNotSent(error: unknown): boolean {
  return (error as { cause?: { code?: string } }).cause?.code === "ECONNREFUSED";
}

/** Counts one request's outcome. Once nobody is let in the caller is done. */
async function count(tally: Tally, request: Promise<GraphqlAnswer<unknown>>): Promise<void> {
  try {
    const { errors } = await request;
    const code = errors?.[0]?.extensions.code;
    if (code === undefined) tally.answered += 1;
    else if (code === "RATE_LIMITED") tally.refused += 1;
    else {
      tally.dropped += 1;
      tally.codes.add(String(code));
    }
  } catch (error) {
    tally.isOver = true;
    if (wasNotSent(error)) return;
    tally.dropped += 1;
    tally.codes.add(String((error as Error).cause ?? error));
  }
}

/** Saves one after another until the gateway takes nobody any more. */
async function save(url: string, caller: number, { token }: Writer, tally: Tally): Promise<void> {
  for (let index = 0; !tally.isOver; index += 1) {
    const fields = [
      { name: "email", value: "ada@example.test" },
      { name: "password", value: "s3cret-s3cret" },
    ];
    const input = { connector: "app-login", label: `${caller}-${index % 4}`, test: false, fields };
    await count(tally, execute(url, SaveCredential, { input }, token));
  }
}

/** Reads at a steady rate over at most so many connections, as a balancer does. */
async function read(url: string, writers: readonly Writer[], perSecond: number, tally: Tally): Promise<void> {
  const open = new Set<Promise<void>>();
  for (let tick = performance.now(); !tally.isOver; tick += TICK_MS) {
    await sleep(Math.max(0, tick - performance.now()));
    for (let sent = 0; sent < (perSecond * TICK_MS) / 1_000 && open.size < MOST_READING; sent += 1) {
      const { token } = writers[sent % writers.length] as Writer;
      const reading: Promise<void> = count(tally, execute(url, Me, {}, token)).finally(() => open.delete(reading));
      open.add(reading);
    }
  }
  await Promise.all(open);
}

defineFault({
  name: "sigterm",
  about: "SIGTERM among 500 reads a second and concurrent writes: every request that was sent is answered, and the process ends.",
  run: async ({ isShort, count: countOf }) => {
    const rounds = countOf(20, 1);
    const total = { answered: 0, refused: 0, dropped: 0, slowest: 0, badExits: 0, faults: 0 };
    for (let round = 0; round < rounds; round += 1) {
      const dataDir = mkdtempSync(path.join(tmpdir(), "postern-fault-"));
      const product = await startProduct({ dataDir, environment: { STOP_IDLE_SECONDS: "3" } });
      try {
        const ledger = new Ledger();
        const writers = await signUpWriters(product.url, ledger, 4);
        const tally: Tally = { answered: 0, refused: 0, dropped: 0, codes: new Set(), isOver: false };
        const saving = Array.from({ length: SAVING }, (_, index) =>
          save(product.url, index, writers[index % 4] as Writer, tally),
        );
        const callers = [...saving, read(product.url, writers, isShort ? READS_A_SECOND / 5 : READS_A_SECOND, tally)];
        await sleep(500 + Math.random() * 500);
        const began = performance.now();
        await product.end("SIGTERM");
        const [code] = await product.ended;
        total.slowest = Math.max(total.slowest, performance.now() - began);
        await Promise.all(callers);
        if (tally.codes.size > 0) console.error([...tally.codes].join("\n"));
        total.answered += tally.answered;
        total.refused += tally.refused;
        total.dropped += tally.dropped;
        total.badExits += code === 0 ? 0 : 1;
        total.faults += Object.values(await checkStore({ dataDir }, ledger)).flat().length;
      } finally {
        product.child.kill("SIGKILL");
        rmSync(dataDir, { recursive: true, force: true });
      }
    }
    return {
      cases: rounds,
      figures: [
        { what: "requests answered", value: total.answered, target: { atLeast: 1 } },
        { what: "requests refused as too many", value: total.refused },
        { what: "requests dropped", value: total.dropped, target: { exactly: 0 } },
        { what: "exit codes but 0", value: total.badExits, target: { exactly: 0 } },
        { what: "faults in the store afterwards", value: total.faults, target: { exactly: 0 } },
        { what: "slowest end, ms", value: Math.round(total.slowest), target: { atMost: 30_000 } },
      ],
    };
  },
});
