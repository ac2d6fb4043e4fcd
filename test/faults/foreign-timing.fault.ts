import { randomInt } from "node:crypto";
import type { Product } from "../support/product.ts";
import { ask } from "../support/rest.ts";
import { defineFault, type FaultOptions, type Figures } from "./support/define-fault.ts";
import { askGraphql, type Session, signIn, withNodes } from "./support/fault-nodes.ts";
import { croppedWelchT, welchT } from "./support/welch.ts";

const SAVE = "mutation ($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } } }";
const DELETE = "mutation ($input: DeleteCredentialInput!) { deleteCredential(input: $input) { deletedId } }";
const FIND = "query ($id: ID!) { credential(id: $id) { id status fields { name value } versions { version } } }";
const REVEAL = "mutation ($input: RevealCredentialInput!) { revealCredential(input: $input) { fields { name value } } }";

/** Asks a node by an id as somebody whose it is not; what is answered, without what differs from answer to answer. */
type Way = (node: Product, stranger: Session, id: string) => Promise<string>;

const withoutId = (text: string, id: string) => text.replaceAll(id, "ID").replaceAll(/"correlationId":"[^"]+"/g, "");
const overRest =
  (method: string, json?: unknown): Way =>
  async (node, { token }, id) => {
    const { status, body } = await ask(node, `${method} /api/credentials/${id}`, { token, json });
    return withoutId(`${status} ${JSON.stringify(body)}`, id);
  };
const overGraphql =
  (query: string, variables: (id: string) => object): Way =>
  async (node, { token }, id) => {
    const { body } = await ask(node, "POST /graphql", { token, json: { query, variables: variables(id) } });
    return withoutId(JSON.stringify(body), id);
  };

const WAYS: Readonly<Record<string, Way>> = {
  "credential(id)": overGraphql(FIND, (id) => ({ id })),
  "revealCredential(id)": overGraphql(REVEAL, (id) => ({ input: { credential: { id } } })),
  "PUT /api/credentials/{id}": overRest("PUT", { credentials: { password: "another" } }),
  "DELETE /api/credentials/{id}": overRest("DELETE"),
};

async function save(node: Product, { token }: Session, label: string): Promise<string> {
  const fields = [
    { name: "email", value: "ada@example.test" },
    { name: "password", value: "s3cret-s3cret" },
  ];
  const input = { connector: "app-login", label, test: false, fields };
  const { data, code } = await askGraphql(node, SAVE, { input }, token);
  const { id } = (data.saveCredential?.credential ?? {}) as { id?: string };
  if (id === undefined) throw new Error(`The credential could not be saved: ${code}`);
  return id;
}

type Times = { readonly foreign: number[]; readonly absent: number[] };

/** The milliseconds that each way took by an id of another's and by one that is gone, in turns of random order. */
async function measure(node: Product, samples: number): Promise<Record<string, Times>> {
  const owner = await signIn(node, "owner");
  const stranger = await signIn(node, "stranger");
  // Both of one age, so that nothing but their being there tells them apart.
  const ids = { foreign: await save(node, owner, "kept"), absent: await save(node, owner, "deleted") };
  await askGraphql(node, DELETE, { input: { id: ids.absent } }, owner.token);
  const times = Object.fromEntries(Object.keys(WAYS).map((name) => [name, { foreign: [], absent: [] }])) as Record<string, Times>;
  for (let sample = -5; sample < samples; sample += 1) {
    for (const [name, way] of Object.entries(WAYS)) {
      const answers: Record<string, string> = {};
      const order = randomInt(2) === 0 ? (["foreign", "absent"] as const) : (["absent", "foreign"] as const);
      for (const kind of order) {
        const begun = performance.now();
        answers[kind] = await way(node, stranger, ids[kind]);
        // The first few are slow for reasons of their own.
        if (sample >= 0) times[name]?.[kind].push(performance.now() - begun);
      }
      if (answers.foreign !== answers.absent) throw new Error(`${name}: ${answers.foreign}, and ${answers.absent}`);
    }
  }
  return times;
}

async function run({ count, isShort }: FaultOptions): Promise<Figures> {
  const samples = count(2_000, 40);
  const environment = { RATE_LIMIT_PER_MINUTE: "0", GENERAL_RATE_LIMIT_PER_MINUTE: "0", CALLER_RATE_LIMIT_PER_MINUTE: "0" };
  const times = await withNodes(environment, ({ nodes: [node] }) => measure(node, samples));
  const told = (t: number) => Math.round(Math.abs(t) * 100) / 100;
  // A few samples show that the answers are alike, and a difference that nobody could miss.
  const target = { atMost: isShort ? 20 : 4.5 };
  return {
    cases: samples * 2 * Object.keys(WAYS).length,
    figures: Object.entries(times).flatMap(([name, { foreign, absent }]) => [
      { what: `Welch t, ${name}`, value: told(welchT(foreign, absent)), target },
      { what: "  without the slowest tenth", value: told(croppedWelchT(foreign, absent, 0.9)), target },
    ]),
  };
}

defineFault({
  name: "foreign-timing",
  about:
    "A stranger asks by ids of another's credential and of a deleted one, in turns: one answer, after times that do not differ.",
  run,
});
