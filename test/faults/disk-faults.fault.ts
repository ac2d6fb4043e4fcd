import { setTimeout as sleep } from "node:timers/promises";
import { Credentials } from "../api/documents.ts";
import { execute, type Product, startProduct } from "../support/product.ts";
import { defineFault } from "./support/define-fault.ts";
import { Ledger } from "./support/ledger.ts";
import { checkStore } from "./support/store-check.ts";
import { createStoreDisk, type StoreDisk } from "./support/store-disk.ts";
import { signUpWriters, startWriting, type Writer } from "./support/writers.ts";

const ERRORS = ["ENOSPC", "EIO", "EROFS"] as const;
/** Access tokens live for 15 minutes. */
const CASES_PER_WRITERS = 30;
const LIMIT_MS = 120_000;

async function until(condition: () => boolean): Promise<void> {
  const limit = performance.now() + LIMIT_MS;
  while (!condition()) {
    if (performance.now() > limit) throw new Error("It did not come to it in time.");
    await sleep(5);
  }
}

const totalOf = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((sum, count) => sum + count, 0);

type Watched = { readsRefused: number; worstRead: number; slowestRecovery: number };

/** One failing of the disk among the writes: reads are asked meanwhile, and it is mended without a restart. */
async function failOnce(disk: StoreDisk, product: Product, ledger: Ledger, writers: readonly Writer[], watched: Watched) {
  const error = ERRORS[Math.floor(Math.random() * ERRORS.length)] ?? "EIO";
  const writing = startWriting(product.url, ledger, writers);
  const before = ledger.acknowledged;
  await until(() => ledger.acknowledged > before + writers.length);
  const refused = totalOf(ledger.refused);
  disk.fail(error);
  await until(() => totalOf(ledger.refused) > refused + writers.length);
  for (const { token } of writers.slice(0, 2)) {
    const began = performance.now();
    const { errors } = await execute(product.url, Credentials, { first: 5 }, token);
    const health = await fetch(`${product.url}/health`);
    watched.worstRead = Math.max(watched.worstRead, performance.now() - began);
    if (errors !== undefined || health.status !== 200) watched.readsRefused += 1;
  }
  disk.fail(null);
  const mended = performance.now();
  const acknowledged = ledger.acknowledged;
  await until(() => ledger.acknowledged > acknowledged + writers.length);
  watched.slowestRecovery = Math.max(watched.slowestRecovery, performance.now() - mended);
  await writing.stop();
}

defineFault({
  name: "disk-faults",
  about:
    "The disk is full, fails or is read-only among writes: they are refused with UNAVAILABLE, reads go on, nothing is half-written.",
  run: async ({ count }) => {
    const disk = createStoreDisk();
    const product = await startProduct(disk);
    const ledger = new Ledger();
    const watched: Watched = { readsRefused: 0, worstRead: 0, slowestRecovery: 0 };
    const total = { lost: 0, halfWritten: 0, auditMismatches: 0, damage: 0 };
    const cases = count(150, 6);
    let writers: Writer[] = [];
    try {
      for (let index = 0; index < cases; index += 1) {
        if (index % CASES_PER_WRITERS === 0) writers = await signUpWriters(product.url, ledger, 4);
        await failOnce(disk, product, ledger, writers, watched);
        const faults = await checkStore(disk, ledger);
        for (const kind of Object.keys(total) as (keyof typeof total)[]) total[kind] += faults[kind].length;
        if (Object.values(faults).flat().length > 0) console.error(Object.values(faults).flat().slice(0, 5).join("\n"));
      }
    } finally {
      await product.end("SIGKILL");
      disk.remove();
    }
    console.info(`refused: ${JSON.stringify([...ledger.refused])}`);
    const unavailable = ledger.refused.get("UNAVAILABLE") ?? 0;
    return {
      cases,
      figures: [
        { what: "writes refused with UNAVAILABLE", value: unavailable, target: { atLeast: 1 } },
        { what: "writes refused otherwise", value: totalOf(ledger.refused) - unavailable, target: { exactly: 0 } },
        { what: "reads refused meanwhile", value: watched.readsRefused, target: { exactly: 0 } },
        { what: "half-written records", value: total.halfWritten, target: { exactly: 0 } },
        { what: "acknowledged writes lost, or refused ones kept", value: total.lost, target: { exactly: 0 } },
        { what: "audit mismatches", value: total.auditMismatches, target: { exactly: 0 } },
        { what: "damage that the database finds", value: total.damage, target: { exactly: 0 } },
        { what: "worst read meanwhile, ms", value: Math.round(watched.worstRead) },
        { what: "slowest return to writing, ms", value: Math.round(watched.slowestRecovery) },
      ],
    };
  },
});
