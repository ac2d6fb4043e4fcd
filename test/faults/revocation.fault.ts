import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { defineFault, type FaultOptions, type Figures } from "./support/define-fault.ts";
import { askGraphql, type FaultNodes, PASSWORD, type Session, signIn, withNodes } from "./support/fault-nodes.ts";
import { percentile } from "./support/health-watch.ts";
import { createServiceToken } from "./support/revocables.ts";

const LIMIT_MS = 5_000;
const PAUSE_MS = 50;
const GIVE_UP_MS = 30_000;
const OWN = "{ credentials(first: 1) { nodes { id } } }";
const ADMINISTRATION = "{ serviceTokens(first: 1) { nodes { id } } }";

type Node = FaultNodes["nodes"][number];
/** A token that works on both nodes: what it asks for, and what takes that from it. */
type Revocation = { readonly token: string; readonly query: string; revoke(): Promise<unknown> };
type Prepare = (node: Node, admin: Session) => Promise<Revocation>;

const newUser = (node: Node) => signIn(node, `user-${randomBytes(8).toString("hex")}`);
const withId = (act: string) => `mutation ($id: ID!) { ${act} { userErrors { code } } }`;

/** What an administrator does to a user. */
const byAdministrator =
  (act: string): Prepare =>
  async (node, admin) => {
    const { token, userId } = await newUser(node);
    return { token, query: OWN, revoke: () => askGraphql(node, withId(act), { id: userId }, admin.token) };
  };

const REVOCATIONS: Readonly<Record<string, Prepare>> = {
  logout: async (node) => {
    const { token } = await newUser(node);
    return { token, query: OWN, revoke: () => askGraphql(node, "mutation { logout }", {}, token) };
  },
  disable: byAdministrator("setUserActive(id: $id, isActive: false)"),
  "password reset": byAdministrator("resetUserPassword(id: $id)"),
  "password change": async (node) => {
    const { token, username } = await newUser(node);
    const other = await signIn(node, username, "login");
    const change = `mutation { changePassword(currentPassword: "${PASSWORD}", newPassword: "${randomBytes(12).toString("hex")}") { userErrors { code } } }`;
    return { token, query: OWN, revoke: () => askGraphql(node, change, {}, other.token) };
  },
  "role change": async (node, admin) => {
    const { token, userId } = await newUser(node);
    const give = (role: string) =>
      askGraphql(node, withId(`changeUserRole(id: $id, role: ${role})`), { id: userId }, admin.token);
    await give("ADMIN");
    return { token, query: ADMINISTRATION, revoke: () => give("USER") };
  },
  "delete user": async (node, admin) => {
    const { token, userId: id, username } = await newUser(node);
    const query = "mutation ($input: DeleteUserInput!) { deleteUser(input: $input) { deletedId userErrors { code } } }";
    return { token, query: OWN, revoke: () => askGraphql(node, query, { input: { id, username } }, admin.token) };
  },
  "service token": async (node, admin) => {
    const { token, revoke } = await createServiceToken(node, admin);
    return { token, query: OWN, revoke };
  },
};

const isRefused = (code: string | undefined) => code === "UNAUTHENTICATED" || code === "FORBIDDEN";

/** The milliseconds until a node refuses, counted from when the revocation was acknowledged. */
async function timeToRefusal(node: Node, { token, query }: Revocation): Promise<number> {
  const began = performance.now();
  for (;;) {
    const { code } = await askGraphql(node, query, {}, token);
    const passed = performance.now() - began;
    if (isRefused(code)) return passed;
    if (passed > GIVE_UP_MS) return Number.POSITIVE_INFINITY;
    await sleep(PAUSE_MS);
  }
}

/** Revokes on the first node what both have just believed; the times until each refuses, and what was believed again. */
async function runOnce([here, elsewhere]: FaultNodes["nodes"], admin: Session, prepare: Prepare) {
  const revocation = await prepare(here, admin);
  for (const node of [here, elsewhere]) {
    const { code } = await askGraphql(node, revocation.query, {}, revocation.token);
    if (isRefused(code)) throw new Error(`Refused before it was revoked: ${code}`);
  }
  await revocation.revoke();
  const times = await Promise.all([timeToRefusal(here, revocation), timeToRefusal(elsewhere, revocation)]);
  const again = await Promise.all([here, elsewhere].map((node) => askGraphql(node, revocation.query, {}, revocation.token)));
  return { here: times[0], elsewhere: times[1], revived: again.filter(({ code }) => !isRefused(code)).length };
}

async function run({ count }: FaultOptions): Promise<Figures> {
  const rounds = count(30, 1);
  const found = await withNodes({}, async ({ nodes }) => {
    const results: Awaited<ReturnType<typeof runOnce>>[] = [];
    for (let round = 0; round < rounds; round += 1) {
      // Anew each round: deleting a user wants a password that was just given.
      const admin = await signIn(nodes[0], "admin", "login");
      const all = Object.values(REVOCATIONS).map((prepare) => runOnce(nodes, admin, prepare));
      results.push(...(await Promise.all(all)));
    }
    return results;
  });
  const elsewhere = found.map((each) => each.elsewhere);
  return {
    cases: found.length * 2,
    figures: [
      {
        what: "to refusal on the node that revoked, p99, ms",
        value: percentile(
          found.map(({ here }) => here),
          0.99,
        ),
        target: { atMost: LIMIT_MS },
      },
      { what: "to refusal on the other node, p50, ms", value: percentile(elsewhere, 0.5) },
      { what: "to refusal on the other node, p99, ms", value: percentile(elsewhere, 0.99), target: { atMost: LIMIT_MS } },
      { what: "believed again afterwards", value: found.reduce((sum, { revived }) => sum + revived, 0), target: { exactly: 0 } },
    ],
  };
}

defineFault({
  name: "revocation",
  about:
    "What two nodes have just believed is taken away on one, in seven ways: both refuse it within five seconds, and go on refusing.",
  run,
});
