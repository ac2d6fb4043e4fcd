import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Product, startProduct } from "../support/product.ts";
import { type Balancer, startBalancer } from "./support/balancer.ts";
import { defineFault } from "./support/define-fault.ts";
import { startPostgresqlCluster } from "./support/postgresql-cluster.ts";
import { APPS, type Callers, prepareCallers, WITHOUT_RATE_LIMITS } from "./support/service-load.ts";

const NODES = 2;
const TICK_MS = 20;
/** What machines ask for most, and what people ask for beside it: of twenty requests one lists, and one writes. */
const LIST = JSON.stringify({ query: "{ me { id } credentials(first: 5) { nodes { id } } }" });
const save = (index: number) =>
  JSON.stringify({
    query: `mutation { saveCredential(input: { connector: "app-login", label: "${index}", test: false, fields: [{ name: "email", value: "a@example.test" }, { name: "password", value: "s3cret-s3cret" }] }) { credential { id } } }`,
  });
/** The rate by command and in the short form, and what a machine that is too slow for it works on at once. */
const FULL = { perSecond: 500, mostOpen: 64 };
const SHORT = { perSecond: 50, mostOpen: 4 };

type Tally = {
  answered: number;
  refused: number;
  errors: number;
  failed: number;
  readonly why: Set<string>;
  readonly open: Set<Promise<void>>;
};

function requestOf(index: number, { person, machines }: Callers): readonly [string, RequestInit] {
  const place = index % 20;
  if (place > 1) {
    const token = machines[index % machines.length];
    return [`/api/v1/credentials/ada/${APPS[index % APPS.length]}`, { headers: { authorization: `Bearer ${token}` } }];
  }
  const headers = { "content-type": "application/json", authorization: `Bearer ${person}` };
  return ["/graphql", { method: "POST", headers, body: place === 0 ? save(index) : LIST }];
}

/** Sends one request and counts what becomes of it; what gets no answer has failed. */
async function send(balancer: Balancer, request: readonly [string, RequestInit], tally: Tally): Promise<void> {
  try {
    const response = await balancer.fetch(...request);
    const text = await response.text();
    if (response.status === 200 && !text.includes('"errors"')) tally.answered += 1;
    // A machine that is too slow for the rate: the node says so at once, restarted or not.
    else if (response.status === 503 && response.headers.has("retry-after")) tally.refused += 1;
    else {
      tally.errors += 1;
      tally.why.add(`${response.status} ${text.slice(0, 200)}`);
    }
  } catch (error) {
    tally.failed += 1;
    tally.why.add(String((error as Error).cause ?? error));
  }
}

/** Sends at a steady rate, however long the answers take, until told to stop. */
async function load(balancer: Balancer, callers: Callers, rate: typeof FULL, tally: Tally, isOver: () => boolean): Promise<void> {
  const began = performance.now();
  for (let sent = 0; !isOver(); await sleep(TICK_MS)) {
    for (const due = ((performance.now() - began) * rate.perSecond) / 1_000; sent < due; sent += 1) {
      if (tally.open.size >= rate.mostOpen) continue;
      const sending = send(balancer, requestOf(sent, callers), tally);
      const request: Promise<void> = sending.finally(() => tally.open.delete(request));
      tally.open.add(request);
    }
  }
  await Promise.all(tally.open);
}

defineFault({
  name: "rolling-restart",
  about: "Nodes behind a balancer are restarted one after another under 500 requests a second: none of these fails.",
  run: async ({ isShort, count }) => {
    const rounds = count(5, 1);
    const cluster = await startPostgresqlCluster();
    const dataDir = mkdtempSync(path.join(tmpdir(), "postern-fault-"));
    const start = (port?: number) =>
      startProduct({
        dataDir,
        environment: { ...WITHOUT_RATE_LIMITS, DATABASE_URL: cluster.url },
        ...(port === undefined ? {} : { port }),
      });
    const nodes: Product[] = [];
    try {
      for (let node = 0; node < NODES; node += 1) nodes.push(await start());
      const callers = await prepareCallers(nodes[0] as Product);
      const balancer = startBalancer(nodes.map(({ url }) => url));
      while (!nodes.every((_, node) => balancer.isReady(node))) await sleep(10);
      const tally: Tally = { answered: 0, refused: 0, errors: 0, failed: 0, why: new Set(), open: new Set() };
      let isOver = false;
      const began = performance.now();
      const loading = load(balancer, callers, isShort ? SHORT : FULL, tally, () => isOver);
      let badExits = 0;
      for (let turn = 0; turn < rounds * NODES; turn += 1) {
        const node = turn % NODES;
        await sleep(1_000);
        const { url, ended, child } = nodes[node] as Product;
        child.kill("SIGTERM");
        const [code] = await ended;
        badExits += code === 0 ? 0 : 1;
        nodes[node] = await start(Number(new URL(url).port));
        while (!balancer.isReady(node)) await sleep(10);
      }
      isOver = true;
      await loading;
      const perSecond = tally.answered / ((performance.now() - began) / 1_000);
      await balancer.stop();
      if (tally.why.size > 0) console.error([...tally.why].join("\n"));
      return {
        cases: rounds * NODES,
        figures: [
          { what: "restarts", value: rounds * NODES },
          { what: "requests answered", value: tally.answered, target: { atLeast: 1 } },
          { what: "answers a second", value: Math.round(perSecond) },
          { what: "requests refused as too many", value: tally.refused },
          // A short run shares its machine with others, who may starve the database.
          { what: "requests answered with an error", value: tally.errors, ...(isShort ? {} : { target: { exactly: 0 } }) },
          { what: "requests that got no answer", value: tally.failed, target: { exactly: 0 } },
          { what: "exit codes but 0", value: badExits, target: { exactly: 0 } },
        ],
      };
    } finally {
      for (const { child } of nodes) child.kill("SIGKILL");
      await Promise.all(nodes.map(({ ended }) => ended));
      await cluster.remove();
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
});
