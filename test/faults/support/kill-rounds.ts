import { setTimeout as sleep } from "node:timers/promises";
import { RevealCredential } from "../../api/documents.ts";
import { execute, type Product } from "../../support/product.ts";
import type { Figures } from "./define-fault.ts";
import { Ledger } from "./ledger.ts";
import { checkStore, type StoreFaults } from "./store-check.ts";
import { signUpWriters, startWriting, type Writer } from "./writers.ts";

export type KillRounds = {
  readonly store: { readonly dataDir: string; readonly databaseUrl?: string | undefined };
  readonly rounds: number;
  /** Starts the gateway over the store, after what went before was undone. */
  start(): Promise<Product>;
  /** The fault; the writers' connections may break, and afterwards nobody writes any more. */
  strike(product: Product, round: number): Promise<void>;
  /** Where answers are kept, when not in one of its own. */
  readonly ledger?: Ledger;
};

const WRITERS = 8;
/** Access tokens live for 15 minutes. */
const ROUNDS_PER_WRITERS = 50;
const SHOWN = 5;
const MOST_ACKNOWLEDGED = 80;
const WRITING_LIMIT_MS = 180_000;

/** Resolves among the writes, once so many more requests are acknowledged: a moment that no pause of the machine moves. */
async function acknowledge(ledger: Ledger, count: number): Promise<void> {
  const goal = ledger.acknowledged + count;
  const limit = performance.now() + WRITING_LIMIT_MS;
  while (ledger.acknowledged < goal) {
    if (performance.now() > limit) throw new Error(`Nothing was acknowledged: ${JSON.stringify([...ledger.refused])}`);
    await sleep(1);
  }
}

/** How many of the writers' secrets cannot be read back over the API as they were saved; a few of each writer's. */
async function countUnreadable(url: string, writers: readonly Writer[]): Promise<number> {
  const asked = writers.flatMap(({ token, credentials }) =>
    credentials
      .filter(({ deleted, perhaps }) => deleted === "no" && perhaps === null)
      .slice(-2)
      .map(async (known) => {
        const { data } = await execute(url, RevealCredential, { input: { credential: { id: known.id } } }, token);
        const isThere = data?.revealCredential?.fields?.some(({ value }) => value === known.secret) === true;
        if (isThere) known.reveals += 1;
        return isThere;
      }),
  );
  return (await Promise.all(asked)).filter((isThere) => !isThere).length;
}

/**
 * Writes, strikes, starts again and compares, as often as told. Stops at the first round with a fault, whose first
 * sentences it prints.
 */
export async function runKillRounds({ store, rounds, start, strike, ledger = new Ledger() }: KillRounds): Promise<Figures> {
  const total = { lost: 0, halfWritten: 0, auditMismatches: 0, damage: 0 };
  let [round, unreadable, slowestStart] = [0, 0, 0];
  let writers: Writer[] = [];
  let product = await start();
  try {
    for (; round < rounds; round += 1) {
      if (round % ROUNDS_PER_WRITERS === 0) writers = await signUpWriters(product.url, ledger, WRITERS);
      const writing = startWriting(product.url, ledger, writers);
      await acknowledge(ledger, Math.ceil(Math.random() * MOST_ACKNOWLEDGED));
      await strike(product, round);
      await writing.stop();
      const began = performance.now();
      product = await start();
      slowestStart = Math.max(slowestStart, performance.now() - began);
      const faults = await checkStore(store, ledger);
      unreadable += await countUnreadable(product.url, writers);
      for (const kind of Object.keys(total) as (keyof StoreFaults)[]) total[kind] += faults[kind].length;
      const sentences = Object.values(faults).flat();
      if (sentences.length > 0) {
        console.error(sentences.slice(0, SHOWN).join("\n"));
        break;
      }
    }
  } finally {
    await product.end("SIGKILL");
  }
  return {
    cases: round,
    figures: [
      { what: "acknowledged requests", value: ledger.acknowledged, target: { atLeast: 1 } },
      { what: "acknowledged writes lost", value: total.lost, target: { exactly: 0 } },
      { what: "half-written records", value: total.halfWritten, target: { exactly: 0 } },
      { what: "audit mismatches", value: total.auditMismatches, target: { exactly: 0 } },
      { what: "damage that the database finds", value: total.damage, target: { exactly: 0 } },
      { what: "secrets that do not read back", value: unreadable, target: { exactly: 0 } },
      { what: "slowest start, ms", value: Math.round(slowestStart) },
    ],
  };
}
