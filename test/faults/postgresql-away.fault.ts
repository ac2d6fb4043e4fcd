import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { Credentials, SaveCredential } from "../api/documents.ts";
import { execute, startProduct } from "../support/product.ts";
import { defineFault } from "./support/define-fault.ts";
import { Ledger } from "./support/ledger.ts";
import { type PostgresqlCluster, startPostgresqlCluster } from "./support/postgresql-cluster.ts";
import { signUpWriters, type Writer } from "./support/writers.ts";

const CALLERS = 8;
const LIMIT_MS = 60_000;

/** What the callers saw while the database was away, and how long it took to be served again. */
type Seen = { answers: number; otherCodes: string[]; broken: number; worst: number; worstHealth: number; slowestReturn: number };

/** Each way to be away: begins it, and gives what ends it. */
const WAYS: Readonly<Record<string, (cluster: PostgresqlCluster) => Promise<() => Promise<void>>>> = {
  stopped: async (cluster) => {
    await cluster.stop("immediate");
    return () => cluster.start();
  },
  frozen: async (cluster) => {
    await cluster.signal("SIGSTOP", "all");
    return () => cluster.signal("SIGCONT", "all");
  },
  locked: async (cluster) => {
    const client = new pg.Client({ connectionString: cluster.url });
    await client.connect();
    await client.query('BEGIN; LOCK TABLE "Credential", "Session", "AuditEvent" IN ACCESS EXCLUSIVE MODE');
    return () => client.end();
  },
};

function ask(url: string, { token }: Writer, caller: number) {
  if (caller % 2 === 0) return execute(url, Credentials, { first: 5 }, token);
  const fields = [
    { name: "email", value: "ada@example.test" },
    { name: "password", value: "s3cret-s3cret" },
  ];
  return execute(url, SaveCredential, { input: { connector: "app-login", label: `${caller}`, test: false, fields } }, token);
}

/** Calls one after another until told to stop. */
async function callWhileAway(url: string, writer: Writer, caller: number, seen: Seen, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const began = performance.now();
    try {
      const { errors } = await ask(url, writer, caller);
      seen.answers += 1;
      const code = errors?.[0]?.extensions.code;
      if (code !== undefined && code !== "UNAVAILABLE") seen.otherCodes.push(String(code));
    } catch {
      seen.broken += 1;
    }
    seen.worst = Math.max(seen.worst, performance.now() - began);
    await sleep(50);
  }
}

async function probeHealth(url: string, seen: Seen, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const began = performance.now();
    const answer = await fetch(`${url}/health`).catch(() => null);
    if (answer?.status !== 200) seen.broken += 1;
    await answer?.text();
    seen.worstHealth = Math.max(seen.worstHealth, performance.now() - began);
    await sleep(100);
  }
}

/** Milliseconds until a read and a save are served. */
async function waitForReturn(url: string, writer: Writer): Promise<number> {
  const began = performance.now();
  for (;;) {
    const answers = await Promise.all([ask(url, writer, 0), ask(url, writer, 1)]);
    if (answers.every(({ errors }) => errors === undefined)) return performance.now() - began;
    if (performance.now() - began > LIMIT_MS) return Number.POSITIVE_INFINITY;
    await sleep(100);
  }
}

type Served = { readonly cluster: PostgresqlCluster; readonly url: string; readonly writers: readonly Writer[] };

async function takeAway(way: string, awayMs: number, { cluster, url, writers }: Served, seen: Seen): Promise<void> {
  const restore = await WAYS[way]?.(cluster);
  let isOver = false;
  const callers = writers.map((writer, index) => callWhileAway(url, writer, index, seen, () => isOver));
  const probing = probeHealth(url, seen, () => isOver);
  await sleep(awayMs);
  await restore?.();
  isOver = true;
  seen.slowestReturn = Math.max(seen.slowestReturn, await waitForReturn(url, writers[0] as Writer));
  await Promise.all([...callers, probing]);
}

defineFault({
  name: "postgresql-away",
  about:
    "PostgreSQL is stopped, frozen, or its tables are locked: callers are told UNAVAILABLE soon, and it is used again when back.",
  run: async ({ isShort, count }) => {
    const rounds = count(3, 1);
    const cluster = await startPostgresqlCluster();
    const dataDir = mkdtempSync(path.join(tmpdir(), "postern-fault-"));
    const seen: Seen = { answers: 0, otherCodes: [], broken: 0, worst: 0, worstHealth: 0, slowestReturn: 0 };
    const product = await startProduct({ dataDir, environment: { DATABASE_URL: cluster.url } });
    try {
      const served = { cluster, url: product.url, writers: await signUpWriters(product.url, new Ledger(), CALLERS) };
      for (let round = 0; round < rounds; round += 1)
        for (const way of Object.keys(WAYS)) await takeAway(way, isShort ? 2_500 : 20_000, served, seen);
    } finally {
      await product.end("SIGKILL");
      await cluster.signal("SIGCONT", "all").catch(() => undefined);
      await cluster.remove();
      rmSync(dataDir, { recursive: true, force: true });
    }
    if (seen.otherCodes.length > 0) console.error([...new Set(seen.otherCodes)].join(", "));
    return {
      cases: rounds * Object.keys(WAYS).length,
      figures: [
        { what: "answers meanwhile", value: seen.answers, target: { atLeast: 1 } },
        { what: "errors but UNAVAILABLE", value: seen.otherCodes.length, target: { exactly: 0 } },
        { what: "requests without an answer", value: seen.broken, target: { exactly: 0 } },
        { what: "worst answer, ms", value: Math.round(seen.worst), ...(isShort ? {} : { target: { atMost: 5_000 } }) },
        { what: "worst answer of /health, ms", value: Math.round(seen.worstHealth) },
        { what: "slowest return to service, ms", value: Math.round(seen.slowestReturn), target: { atMost: 10_000 } },
      ],
    };
  },
});
