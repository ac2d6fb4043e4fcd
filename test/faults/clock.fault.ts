import { countBrokenTrails, type Product, startProduct } from "../support/product.ts";
import { defineFault, type FaultOptions, type Figures } from "./support/define-fault.ts";
import { createFakedClock, type FakedClock } from "./support/faked-clock.ts";
import { askGraphql, PASSWORD, signIn } from "./support/fault-nodes.ts";
import { type FaultStore, withStores } from "./support/fault-stores.ts";
import { type LoginUpstream, startLoginUpstream } from "./support/login-upstream.ts";
import { countBelieved, giveOut, type Held, takeAway } from "./support/revocables.ts";

const OFFSETS = ["-1h", "+1h", "-1d", "+1d", "+10y"];
const SHORT_OFFSETS = ["-1h", "+1d", "+10y"];
/** Over every wait of a sign-in and every rest of an upstream that a right clock gives. */
const LONGEST_WAIT_SECONDS = 60;
const LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { userErrors { code } } }";

type Place = { readonly store: FaultStore; readonly clock: FakedClock; readonly upstream: LoginUpstream };
type Found = { revived: number; outlived: number; stuck: string[]; takeOver: number };

/** Guesses until the account has to wait. */
async function lock(node: Product, username: string): Promise<void> {
  for (let guess = 0; guess < 7; guess += 1) {
    await askGraphql(node, LOGIN, { input: { username, password: "a wrong guess" } });
  }
}

/** What still keeps a user waiting for longer than ever: words of it, or null. */
async function findStuck(node: Product, username: string): Promise<string | null> {
  const response = await fetch(`${node.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: LOGIN, variables: { input: { username, password: PASSWORD } } }),
  });
  const seconds = Number(response.headers.get("retry-after") ?? 0);
  await response.text();
  return seconds > LONGEST_WAIT_SECONDS ? `${username} has to wait ${seconds} s` : null;
}

/** Sets the clock off and right again; what was given before and meanwhile is tried at both times. */
async function shiftOnce(node: Product, offset: string, { clock, upstream }: Place, found: Found): Promise<void> {
  const name = `user-${offset.slice(1)}-${offset.startsWith("+") ? "ahead" : "behind"}`;
  const before = await takeAway(node, `${name}-before`);
  clock.set(offset);
  found.revived += await countBelieved(node, before);
  const session = await signIn(node, name);
  const meanwhile: Held = await giveOut(node, session);
  const gone = await takeAway(node, `${name}-meanwhile`);
  await signIn(node, `${name}-locked`);
  await lock(node, `${name}-locked`);
  const credential = await upstream.save(node, session, "refused");
  upstream.behave("refuses");
  await upstream.issue(node, session, credential);
  upstream.behave("accepts");
  clock.set("+0");
  found.revived += await countBelieved(node, gone);
  // What was given out behind is good for its time, or over; ahead it would be good for too long.
  if (offset.startsWith("+")) found.outlived += await countBelieved(node, meanwhile);
  const stuck = await findStuck(node, `${name}-locked`);
  if (stuck !== null) found.stuck.push(stuck);
  const back = await signIn(node, name, "login");
  const code = offset.startsWith("+") ? await upstream.issue(node, back, credential) : undefined;
  if (code !== undefined) found.stuck.push(`${name} gets no token of the upstream: ${code}`);
}

/** A node is killed that holds a lease and whose clock was ahead; the seconds until one with a right clock has it. */
async function takeOver(node: Product, start: () => Promise<Product>, { clock, upstream }: Place) {
  clock.set("+10y");
  const session = await signIn(node, "holder");
  const credential = await upstream.save(node, session, "held");
  await upstream.killInLogin(node, session, credential);
  clock.set("+0");
  const next = await start();
  const began = performance.now();
  const code = await upstream.issue(next, await signIn(next, "holder", "login"), credential);
  return { next, seconds: code === undefined ? (performance.now() - began) / 1_000 : Number.POSITIVE_INFINITY };
}

async function run({ count, isShort }: FaultOptions): Promise<Figures> {
  const rounds = count(10, 1);
  const offsets = isShort ? SHORT_OFFSETS : OFFSETS;
  const clock = createFakedClock();
  const upstream = await startLoginUpstream();
  const found: Found = { revived: 0, outlived: 0, stuck: [], takeOver: 0 };
  let auditFaults = 0;
  for (let round = 0; round < rounds; round += 1) {
    await withStores(async (create) => {
      const place: Place = { store: await create("SQLite"), clock, upstream };
      const options = {
        dataDir: place.store.dataDir,
        environment: { LOGIN_FAILURES_PER_IP: "1000000", ...clock.environment },
      };
      const start = () => startProduct(options);
      let node = await start();
      try {
        for (const offset of offsets) await shiftOnce(node, offset, place, found);
        const { next, seconds } = await takeOver(node, start, place);
        node = next;
        found.takeOver = Math.max(found.takeOver, seconds);
      } finally {
        await node.end("SIGTERM");
      }
      auditFaults += await countBrokenTrails(options);
    });
  }
  clock.remove();
  if (found.stuck.length > 0) console.error(found.stuck.join("\n"));
  return {
    cases: rounds * offsets.length,
    figures: [
      { what: "ended, revoked or used, and believed again", value: found.revived, target: { exactly: 0 } },
      { what: "issued ahead, and believed once the clock was right", value: found.outlived, target: { exactly: 0 } },
      { what: "waits that hold on when the clock is right", value: found.stuck.length, target: { exactly: 0 } },
      { what: "a killed holder's lease taken over, s", value: Math.round(found.takeOver * 10) / 10, target: { atMost: 15 } },
      { what: "audit trails that do not verify", value: auditFaults, target: { exactly: 0 } },
    ],
  };
}

defineFault({
  name: "clock",
  about:
    "The machine's clock jumps by an hour, a day and ten years, and back: no token lives again or longer, nobody waits for ever.",
  run,
});
