import { randomBytes } from "node:crypto";
import type { Product } from "../support/product.ts";
import { ask } from "../support/rest.ts";
import { defineFault, type FaultOptions, type Figures } from "./support/define-fault.ts";
import { askGraphql, type FaultNodes, type Session, signIn, withNodes } from "./support/fault-nodes.ts";

const FREE_GUESSES = 5;
const ALIASES = 1_000;
const GUESSES_AT_ONCE = 100;
const LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { userErrors { code } } }";

type Verdict = "evaluated" | "refused";
type Guess = (node: Product, victim: Session, password: string) => Promise<Verdict>;

const verdictOf = (status: number, code: string | undefined): Verdict =>
  status === 401 || code === "INVALID_LOGIN" || code === "WRONG_PASSWORD" ? "evaluated" : "refused";

const byForm =
  (path: string): Guess =>
  async (node, { username }, password) => {
    const { status } = await ask(node, `POST ${path}`, { form: { username, password } });
    return verdictOf(status, undefined);
  };

/** Every place that takes a password; the last two are those of who has a stolen access token. */
const WAYS: readonly Guess[] = [
  async (node, { username }, password) => verdictOf(200, (await askGraphql(node, LOGIN, { input: { username, password } })).code),
  byForm("/login"),
  byForm("/api/v1/auth/token"),
  async (node, { token }, password) => {
    const query = "mutation ($password: String!) { confirmPassword(password: $password) { userErrors { code } } }";
    return verdictOf(200, (await askGraphql(node, query, { password }, token)).code);
  },
  async (node, { token }, currentPassword) => {
    const change = "changePassword(currentPassword: $currentPassword, newPassword: $newPassword) { userErrors { code } }";
    const query = `mutation ($currentPassword: String!, $newPassword: String!) { ${change} }`;
    return verdictOf(200, (await askGraphql(node, query, { currentPassword, newPassword: "a new pass phrase" }, token)).code);
  },
];

const isEvaluated = (verdict: Verdict) => verdict === "evaluated";

/** A thousand guesses by alias: in one document, in documents that are small enough, and as an array of operations. */
async function guessByAlias(node: Product, { username }: Session): Promise<number> {
  const field = (index: number) =>
    `a${index}: login(input: { username: "${username}", password: "guess number ${index}" }) { userErrors { code } }`;
  const fields = Array.from({ length: ALIASES }, (_, index) => field(index));
  const documents = [fields, ...Array.from({ length: ALIASES / 20 }, (_, index) => fields.slice(index * 20, index * 20 + 20))];
  const batch = fields.map((each) => ({ query: `mutation { ${each} }` }));
  const bodies = [...documents.map((each) => ({ query: `mutation { ${each.join(" ")} }` })), batch];
  let evaluated = 0;
  for (const json of bodies) {
    const { body } = await ask(node, "POST /graphql", { json });
    evaluated += JSON.stringify(body).match(/INVALID_LOGIN/g)?.length ?? 0;
  }
  return evaluated;
}

async function guessAtOnce(nodes: FaultNodes["nodes"], victim: Session): Promise<number> {
  const guesses = Array.from({ length: GUESSES_AT_ONCE }, (_, index) => {
    const way = WAYS[index % WAYS.length] as Guess;
    return way(nodes[Math.floor(index / WAYS.length) % 2 === 0 ? 0 : 1], victim, `guess number ${index}`);
  });
  return (await Promise.all(guesses)).filter(isEvaluated).length;
}

/** Guesses that the waits of 1, 2, 4, 8 … seconds let through in so long. */
function allowedWithin(milliseconds: number): number {
  return FREE_GUESSES + Math.floor(Math.log2(milliseconds / 1_000 + 1));
}

async function runRound({ nodes, restart }: FaultNodes, isShort: boolean) {
  const victim = await signIn(nodes[0], `user-${randomBytes(8).toString("hex")}`);
  const byAlias = await guessByAlias(nodes[0], victim);
  const began = performance.now();
  const atOnce = await guessAtOnce(nodes, victim);
  const inFirstBurst = allowedWithin(performance.now() - began);
  if (!isShort) await restart(1);
  const afterRestart = await guessAtOnce(nodes, victim);
  const tooMany = Math.max(atOnce - inFirstBurst, atOnce + afterRestart - allowedWithin(performance.now() - began));
  return { byAlias, atOnce, afterRestart, tooMany };
}

async function run({ count, isShort }: FaultOptions): Promise<Figures> {
  const rounds = count(10, 1);
  const found = await withNodes({ LOGIN_FAILURES_PER_IP: "1000000" }, async (nodes) => {
    const results = [];
    for (let round = 0; round < rounds; round += 1) results.push(await runRound(nodes, isShort));
    return results;
  });
  const worst = (value: (round: (typeof found)[number]) => number) => Math.max(...found.map(value));
  return {
    cases: rounds * (ALIASES * 3 + GUESSES_AT_ONCE * 2),
    figures: [
      { what: "of 3,000 by alias and array, evaluated", value: worst(({ byAlias }) => byAlias), target: { exactly: 0 } },
      { what: "of 100 at once, evaluated", value: worst(({ atOnce }) => atOnce) },
      { what: "  and of 100 more after a kill and start", value: worst(({ afterRestart }) => afterRestart) },
      {
        what: "evaluated over five and what the waits let through",
        value: worst(({ tooMany }) => tooMany),
        target: { atMost: 0 },
      },
    ],
  };
}

defineFault({
  name: "login-guessing",
  about:
    "Passwords are guessed by every way in, on two nodes, by alias, at once and over a restart: five are looked at, then waits hold.",
  run,
});
