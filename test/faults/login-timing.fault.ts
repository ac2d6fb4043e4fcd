import { randomInt } from "node:crypto";
import type { Product } from "../support/product.ts";
import { defineFault, type FaultOptions, type Figures } from "./support/define-fault.ts";
import { askGraphql, PASSWORD, signIn, withNodes } from "./support/fault-nodes.ts";
import { croppedWelchT, welchT } from "./support/welch.ts";

const LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { userErrors { code } } }";
const DISABLE = "mutation ($id: ID!) { setUserActive(id: $id, isActive: false) { user { id } } }";

/** Two names of each kind, so that none is guessed at too often; the disabled ones come with the right password. */
const NAMES = { unknown: ["nobody-1", "nobody-2"], wrong: ["known-1", "known-2"], disabled: ["gone-1", "gone-2"] } as const;
type Kind = keyof typeof NAMES;
const KINDS = Object.keys(NAMES) as Kind[];

async function prepareUsers(node: Product): Promise<void> {
  const admin = await signIn(node, "admin", "login");
  for (const name of NAMES.wrong) await signIn(node, name);
  for (const name of NAMES.disabled) await askGraphql(node, DISABLE, { id: (await signIn(node, name)).userId }, admin.token);
}

/** The milliseconds that sign-ins of each kind took to be refused, taken in turns of random order. */
async function measureRefusals(node: Product, samples: number): Promise<Record<Kind, number[]>> {
  const times: Record<Kind, number[]> = { unknown: [], wrong: [], disabled: [] };
  for (let sample = 0; sample < samples; sample += 1) {
    const first = randomInt(KINDS.length);
    for (const kind of [...KINDS.slice(first), ...KINDS.slice(0, first)]) {
      const input = { username: NAMES[kind][sample % 2], password: kind === "disabled" ? PASSWORD : "a wrong guess" };
      const begun = performance.now();
      const { code } = await askGraphql(node, LOGIN, { input });
      times[kind].push(performance.now() - begun);
      if (code !== "INVALID_LOGIN") throw new Error(`${kind}: ${code}`);
    }
  }
  return times;
}

async function run({ count, isShort }: FaultOptions): Promise<Figures> {
  const samples = count(700, 5);
  const times = await withNodes({ LOGIN_FREE_ATTEMPTS: "1000", LOGIN_FAILURES_PER_IP: "1000000" }, async ({ nodes: [node] }) => {
    await prepareUsers(node);
    return measureRefusals(node, samples);
  });
  const told = (t: number) => Math.round(Math.abs(t) * 100) / 100;
  // A handful of samples shows that the answers are alike, and nothing of their times.
  const target = isShort ? {} : { target: { atMost: 4.5 } };
  return {
    cases: samples * KINDS.length,
    figures: (["wrong", "disabled"] as const).flatMap((kind) => [
      { what: `Welch t, unknown and ${kind}`, value: told(welchT(times.unknown, times[kind])), ...target },
      { what: "  without the slowest tenth", value: told(croppedWelchT(times.unknown, times[kind], 0.9)), ...target },
    ]),
  };
}

defineFault({
  name: "login-timing",
  about:
    "Sign-ins of unknown names, with wrong passwords and of disabled users, in turns: one answer, after times that do not differ.",
  run,
});
