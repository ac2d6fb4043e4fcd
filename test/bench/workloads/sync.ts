import { type Contestant, LOAD_CORE, SERVER_CORE, startFloor, startGateway } from "../contestant.ts";
import { cpuMsOf } from "../process-cost.ts";
import { startScript } from "../script-process.ts";
import { type Figures, median, type TurnOptions } from "../turns.ts";
import { type BenchStore, environmentOf, type Target, type Workload } from "../workload.ts";

const PARTNERS = 10_000;
/** The stand-in's key: with it both readers speak JSON-2, so that both read the same pages. */
const API_KEY = "0123456789abcdef0123456789abcdef01234567";

type Kind = "first" | "second";
/** One way to read the contacts; `read` resolves with the milliseconds that it took. */
type Reader = { readonly name: string; read(kind: Kind, round: number): Promise<number>; cpuMs(): number; peakMiB(): number };
type Cost = { readonly ms: number; readonly cpuMs: number };

async function ask(url: string, query: string, variables: object, token?: string) {
  const headers = { "content-type": "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  return ((await answer.json()) as { data: Record<string, Record<string, unknown>> }).data;
}

/** A new person with an Odoo credential; their access token. */
async function newcomer(url: string, port: number, round: number): Promise<string> {
  const register = "mutation R($input: RegisterInput!) { register(input: $input) { accessToken } }";
  const input = { username: `sync-${process.pid}-${port}-${round}`, password: "correct horse battery staple" };
  const token = String((await ask(url, register, { input })).register?.accessToken);
  const fields = Object.entries({ url: `http://127.0.0.1:${port}`, database: "odoo_db", username: "admin", password: API_KEY });
  const save = "mutation S($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } } }";
  await ask(url, save, { input: { connector: "odoo", fields: fields.map(([name, value]) => ({ name, value })) } }, token);
  return token;
}

/** The product: a newcomer syncs, and then syncs again. */
function productReader(product: Contestant, upstreamPort: number): Reader & { prepare(round: number): Promise<void> } {
  const url = `http://127.0.0.1:${product.port}`;
  let token = "";
  return {
    name: "sync",
    prepare: async (round) => {
      token = await newcomer(url, upstreamPort, round);
    },
    read: async () => {
      const begin = performance.now();
      const answer = await ask(url, "mutation { syncContactsFromOdoo { success message } }", {}, token);
      if (answer.syncContactsFromOdoo?.success !== true)
        throw new Error(`The sync failed: ${answer.syncContactsFromOdoo?.message}`);
      return performance.now() - begin;
    },
    cpuMs: product.cpuMs,
    peakMiB: product.peakMiB,
  };
}

function bareReader(upstreamPort: number): Reader & { stop(): Promise<void> } {
  const env = { UPSTREAM_PORT: String(upstreamPort), API_KEY };
  const { child, nextLine, stop } = startScript("floors/bare-sync.ts", { core: SERVER_CORE, env });
  return {
    name: "bare read",
    read: async (kind) => {
      child.stdin?.write(`${kind}\n`);
      return Number(await nextLine());
    },
    cpuMs: () => cpuMsOf(child.pid ?? 0),
    peakMiB: () => 0,
    stop,
  };
}

async function costOf(reader: Reader, kind: Kind, round: number): Promise<Cost> {
  const before = reader.cpuMs();
  const ms = await reader.read(kind, round);
  return { ms, cpuMs: reader.cpuMs() - before };
}

function figureOf({ name, peakMiB }: Reader, kind: Kind, costs: readonly Cost[]): Figures {
  const times = costs.map(({ ms }) => ms);
  return {
    name: `${kind} ${name}`,
    requestsPerSecond: PARTNERS / (median(times) / 1_000),
    p50: median(times),
    p99: Math.max(...times),
    cpuMs: median(costs.map(({ cpuMs }) => cpuMs)),
    peakMiB: peakMiB(),
    failures: 0,
  };
}

/** The upstream has a core, and whoever reads from it has the other. The first round warms all three and does not count. */
async function run(store: BenchStore, { rounds }: TurnOptions) {
  const odoo = await startFloor("odoo", "floors/odoo.ts", { PARTNERS: String(PARTNERS) }, LOAD_CORE);
  const gateway = await startGateway({ ...environmentOf(store), UPSTREAM_ALLOW: "127.0.0.1/32" });
  const bare = bareReader(odoo.port);
  try {
    const product = productReader(gateway, odoo.port);
    const turns = (["first", "second"] as const).flatMap((kind) =>
      [product, bare].map((reader) => ({ kind, reader, costs: [] as Cost[] })),
    );
    for (let round = 0; round <= rounds; round += 1) {
      await product.prepare(round);
      for (const { kind, reader, costs } of turns) costs[round] = await costOf(reader, kind, round);
    }
    for (const { costs } of turns) costs.shift();
    const figures = turns.map(({ kind, reader, costs }) => figureOf(reader, kind, costs));
    const [first, bareFirst, second, bareSecond] = figures.map(({ p50 }) => p50) as [number, number, number, number];
    const targets: Target[] = [
      { what: "times the bare read, first sync", measured: first / bareFirst, wanted: 1.5, kind: "at most" },
      { what: "times the bare read, second sync", measured: second / bareSecond, wanted: 1.2, kind: "at most" },
    ];
    return { workload: "W7", about: contacts.about, figures, targets };
  } finally {
    await gateway.stop();
    await bare.stop();
    await odoo.stop();
  }
}

/** W7: contacts from Odoo. */
export const contacts: Workload = {
  id: "W7",
  about: `first and second sync of ${PARTNERS} contacts (rows a second, ms and CPU ms a sync)`,
  run,
};
