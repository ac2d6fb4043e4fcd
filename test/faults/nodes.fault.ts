import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Product } from "../support/product.ts";
import { defineFault, type Figure } from "./support/define-fault.ts";
import { type TokenNodes, withTokenNodes } from "./support/token-nodes.ts";

const CALLERS = 200;
/** How long a holder stands still: six times its lease. */
const FROZEN_MS = 60_000;
/** Most rounds of that, each of a minute and a half. */
const FROZEN_ROUNDS = 3;
/** How long a token is good: longer than the last caller may need to come, with a node that stood still much longer. */
const LIFE_SECONDS = 8;
const KILLED_LIFE_SECONDS = 15;
const FROZEN_LIFE_SECONDS = 90;

/** What is done to the node that logs in, and what brings it back once another node's login has begun. */
type Strike = { strike(node: number): Promise<void>; recover(node: number): Promise<void>; readonly lifeSeconds: number };
type Tally = { logins: number; failed: number; wrong: number; slowest: number };

/** One round: all callers want a token that has expired, while something is done to the node that logs in. */
async function runRound({ upstream, issueToAll, nodeOf }: TokenNodes, tally: Tally, harm?: Strike): Promise<void> {
  const before = upstream.logins.length;
  upstream.lifeSeconds = harm?.lifeSeconds ?? LIFE_SECONDS;
  const release = harm === undefined ? () => {} : upstream.hold();
  const asked = issueToAll(CALLERS);
  if (harm !== undefined) {
    const node = nodeOf(await upstream.begun(before + 1));
    await sleep(500);
    const struckAt = performance.now();
    await harm.strike(node);
    release();
    const next = await upstream.begun(before + 2);
    tally.slowest = Math.max(tally.slowest, next.at - struckAt);
    await harm.recover(node);
  }
  const tokens = await asked;
  const last = `token-${upstream.logins.length}`;
  tally.logins += upstream.logins.length - before;
  tally.failed += tokens.filter((token) => token === null).length;
  // What a node that was overtaken brings back is given to nobody.
  tally.wrong += tokens.filter((token) => token !== null && token !== last).length;
  await sleep(upstream.lifeSeconds * 1_000 + 500);
}

const killAndRestart = ({ products, restart }: TokenNodes): Strike => ({
  strike: (node) => (products[node] as Product).end("SIGKILL"),
  recover: restart,
  lifeSeconds: KILLED_LIFE_SECONDS,
});

const freeze = ({ products }: TokenNodes, forMs: number): Strike => ({
  strike: async (node) => {
    (products[node] as Product).child.kill("SIGSTOP");
  },
  recover: async (node) => {
    await sleep(forMs);
    (products[node] as Product).child.kill("SIGCONT");
  },
  lifeSeconds: FROZEN_LIFE_SECONDS,
});

/** Has one node log in anew; the milliseconds until no other hands out the token from before. */
async function timeToForget(nodes: TokenNodes): Promise<number> {
  nodes.upstream.lifeSeconds = 3_600;
  for (const [node] of nodes.products.entries()) await nodes.issue(node);
  const fresh = await nodes.issue(0, { forceRefresh: true });
  const began = performance.now();
  for (const [node] of nodes.products.entries()) while ((await nodes.issue(node)) !== fresh) await sleep(10);
  return performance.now() - began;
}

/** The same while every connection that listens is cut over and over. */
async function timeToForgetWhileCut(nodes: TokenNodes): Promise<number> {
  const client = new pg.Client({ connectionString: nodes.databaseUrl });
  await client.connect();
  let cuts = 0;
  let isOver = false;
  const cutting = (async () => {
    while (!isOver) {
      const { rowCount } = await client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query ~ '^(LISTEN|NOTIFY) postern'",
      );
      cuts += rowCount ?? 0;
      await sleep(20);
    }
  })();
  while (cuts < nodes.products.length) await sleep(10);
  const time = await timeToForget(nodes);
  isOver = true;
  await cutting;
  await client.end();
  return time;
}

function figuresOf(name: string, rounds: number, { logins, failed, wrong, slowest }: Tally, isHarmed: boolean): Figure[] {
  return [
    { what: `${name}: rounds`, value: rounds },
    { what: `${name}: logins`, value: logins, target: isHarmed ? { atMost: 2 * rounds } : { exactly: rounds } },
    { what: `${name}: callers that failed`, value: failed, target: { exactly: 0 } },
    { what: `${name}: callers with another token than the last login's`, value: wrong, target: { exactly: 0 } },
    ...(isHarmed ? [{ what: `${name}: slowest take-over, ms`, value: Math.round(slowest), target: { atMost: 15_000 } }] : []),
  ];
}

defineFault({
  name: "nodes",
  about:
    "200 callers over all nodes want an expired token, also while the node that logs in is killed or frozen, or no message gets through: one login, and one more for a node that is lost.",
  run: async ({ isShort, count }) => {
    const rounds = count(20, 1);
    const loginMs = isShort ? 1_000 : 15_000;
    const runOn = (nodeCount: number) =>
      withTokenNodes({ count: nodeCount, loginMs }, async (nodes) => {
        const figures: Figure[] = [];
        const run = async (name: string, harm?: Strike, times = rounds) => {
          const tally = { logins: 0, failed: 0, wrong: 0, slowest: 0 };
          for (let round = 0; round < times; round += 1) await runRound(nodes, tally, harm);
          figures.push(...figuresOf(`${nodeCount} nodes, ${name}`, times, tally, harm !== undefined));
        };
        // What a node compiles at its first requests must not keep callers until the token has expired.
        await nodes.warmUp(CALLERS);
        await run("nothing amiss");
        await run("the holder killed", killAndRestart(nodes));
        if (!isShort) await run("the holder frozen", freeze(nodes, FROZEN_MS), Math.min(rounds, FROZEN_ROUNDS));
        const what = `${nodeCount} nodes, until all forget a token, ms`;
        figures.push({ what, value: Math.round(await timeToForget(nodes)), target: { atMost: 1_000 } });
        const cut = Math.round(await timeToForgetWhileCut(nodes));
        return [...figures, { what: `${what}, without messages`, value: cut, target: { atMost: 1_000 } }];
      });
    // Side by side: most of it is waiting for logins of a quarter of a minute.
    const figures = await Promise.all((isShort ? [2] : [2, 4]).map(runOn));
    return { cases: rounds * 3, figures: figures.flat() };
  },
});
