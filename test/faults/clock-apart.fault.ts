import { setTimeout as sleep } from "node:timers/promises";
import { Me } from "../api/documents.ts";
import { countBrokenTrails, execute, type Product, startProduct } from "../support/product.ts";
import { defineFault, type FaultOptions, type Figures } from "./support/define-fault.ts";
import { createFakedClock } from "./support/faked-clock.ts";
import { askGraphql, type FaultNodes, type Session, signIn } from "./support/fault-nodes.ts";
import { environmentOf, withStores } from "./support/fault-stores.ts";
import { type LoginUpstream, startLoginUpstream } from "./support/login-upstream.ts";
import { countBelieved, refresh, takeAway } from "./support/revocables.ts";

const REFRESHES = 20;
const GUESSES = 40;
const FREE_GUESSES = 5;
/** So long a used refresh token gives its successor once more, to whoever used it, and a second more. */
const GRACE_MS = 11_000;
const LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { userErrors { code } } }";

type Nodes = FaultNodes["nodes"];
type Found = { refused: number; families: number; revived: number; guesses: number; takeOver: number };

/** What one node has issued is shown to the other at once. */
async function countRefused([ahead, right]: Nodes, username: string): Promise<number> {
  const sessions: [Session, Product][] = [
    [await signIn(ahead, username), right],
    [await signIn(right, username, "login"), ahead],
  ];
  let refused = 0;
  for (const [{ token }, other] of sessions) {
    const { data } = await execute(other.url, Me, {}, token);
    refused += Number(data?.me?.username !== username);
  }
  return refused;
}

/** One refresh token is used on both nodes at once; what is wrong with the successors. */
async function refreshOnBoth(nodes: Nodes, username: string): Promise<number> {
  const { refreshToken } = await signIn(nodes[0], username, "login");
  const asked = Array.from({ length: REFRESHES }, (_, index) => refresh(nodes[index % 2] as Product, refreshToken));
  const successors = new Set(await Promise.all(asked));
  const [successor] = successors;
  const isAlive = successor != null && (await refresh(nodes[1], successor)) !== null;
  return successors.size - 1 + Number(!isAlive);
}

/** Guesses on both nodes at once that were looked at, over those that the waits let through. */
async function guessOnBoth(nodes: Nodes, username: string): Promise<number> {
  const began = performance.now();
  let evaluated = 0;
  for (let guess = 0; guess < GUESSES; guess += 1) {
    const input = { username, password: `guess number ${guess}` };
    const { code } = await askGraphql(nodes[guess % 2] as Product, LOGIN, { input });
    evaluated += Number(code === "INVALID_LOGIN");
  }
  return evaluated - FREE_GUESSES - Math.floor(Math.log2((performance.now() - began) / 1_000 + 1));
}

/** The node that is ahead is killed with a lease; the seconds until the other one has it. */
async function takeOver([ahead, right]: Nodes, session: Session, upstream: LoginUpstream, round: number): Promise<number> {
  const credential = await upstream.save(ahead, session, `held-${round}`);
  await upstream.killInLogin(ahead, session, credential);
  const began = performance.now();
  const code = await upstream.issue(right, session, credential);
  return code === undefined ? (performance.now() - began) / 1_000 : Number.POSITIVE_INFINITY;
}

async function runRound(nodes: Nodes, upstream: LoginUpstream, round: number, found: Found): Promise<void> {
  const username = `user-${round}`;
  found.refused += await countRefused(nodes, username);
  found.families += await refreshOnBoth(nodes, username);
  found.guesses = Math.max(found.guesses, await guessOnBoth(nodes, `${username}-nobody`));
  const session = await signIn(nodes[1], username, "login");
  const [gone, takenAt] = [await takeAway(nodes[0], `${username}-gone`), performance.now()];
  found.takeOver = Math.max(found.takeOver, await takeOver(nodes, session, upstream, round));
  await sleep(Math.max(0, takenAt + GRACE_MS - performance.now()));
  found.revived += await countBelieved(nodes[1], gone);
}

async function run({ count }: FaultOptions): Promise<Figures> {
  const rounds = count(20, 1);
  const clock = createFakedClock("+5m");
  const upstream = await startLoginUpstream();
  const found: Found = { refused: 0, families: 0, revived: 0, guesses: 0, takeOver: 0 };
  const auditFaults = await withStores(async (create) => {
    const store = await create("PostgreSQL");
    const environment = { LOGIN_FAILURES_PER_IP: "1000000", ...environmentOf(store) };
    const options = { dataDir: store.dataDir, environment };
    const startAhead = () => startProduct({ ...options, environment: { ...environment, ...clock.environment } });
    const nodes: [Product, Product] = [await startAhead(), await startProduct(options)];
    try {
      for (let round = 0; round < rounds; round += 1) {
        if (round > 0) nodes[0] = await startAhead();
        await runRound(nodes, upstream, round, found);
      }
    } finally {
      for (const node of nodes) await node.end("SIGTERM");
    }
    return countBrokenTrails(options);
  });
  clock.remove();
  return {
    cases: rounds,
    figures: [
      { what: "issued by one node, refused by the other", value: found.refused, target: { exactly: 0 } },
      { what: "families ended, or split, by refreshes on both", value: found.families, target: { exactly: 0 } },
      { what: "taken away on one, believed by the other", value: found.revived, target: { exactly: 0 } },
      { what: "guesses looked at over what the waits let through", value: found.guesses, target: { atMost: 0 } },
      { what: "a killed node's lease taken over, s", value: Math.round(found.takeOver * 10) / 10, target: { atMost: 15 } },
      { what: "audit trails that do not verify", value: auditFaults, target: { exactly: 0 } },
    ],
  };
}

defineFault({
  name: "clock-apart",
  about:
    "Two nodes on PostgreSQL, one five minutes ahead: each takes what the other issues, and neither gives away what the other took.",
  run,
});
