import { startFloor, startGateway } from "../contestant.ts";
import { median, type TurnOptions } from "../turns.ts";
import { type BenchStore, environmentOf, type Target, type Workload } from "../workload.ts";

const PARTNERS = 10_000;
const PAGE = 1_000;
const FIELDS = ["name", "display_name", "email", "phone", "is_company", "active", "write_date"];

/** One call to the model as the connector makes it, on the API of Odoo 19. */
async function callOdoo(port: number, method: string, named: object): Promise<unknown> {
  const headers = {
    "content-type": "application/json",
    authorization: "bearer 0123456789abcdef0123456789abcdef01234567",
    "x-odoo-database": "odoo_db",
  };
  const body = JSON.stringify({ ...named, context: { active_test: false } });
  const answer = await fetch(`http://127.0.0.1:${port}/json/2/res.partner/${method}`, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`${method}: ${answer.status}`);
  return answer.json();
}

/** Reads the pages and does nothing with them; the milliseconds that it takes. */
async function readBare(port: number, changedSince: string | null): Promise<number> {
  const begin = performance.now();
  const changed = changedSince === null ? [] : [["write_date", ">=", changedSince]];
  let last = 0;
  for (;;) {
    const page = { domain: [...changed, ["id", ">", last]], fields: FIELDS, limit: PAGE, order: "id" };
    const rows = (await callOdoo(port, "search_read", page)) as { id: number }[];
    last = rows.at(-1)?.id ?? last;
    if (rows.length < PAGE) break;
  }
  if (changedSince !== null) await callOdoo(port, "search", { domain: [], order: "id" });
  return performance.now() - begin;
}

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
  const fields = Object.entries({ url: `http://127.0.0.1:${port}`, database: "odoo_db", username: "admin", password: "admin" });
  const save = "mutation S($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } } }";
  await ask(url, save, { input: { connector: "odoo", fields: fields.map(([name, value]) => ({ name, value })) } }, token);
  return token;
}

async function sync(url: string, token: string): Promise<number> {
  const begin = performance.now();
  const answer = await ask(url, "mutation { syncContactsFromOdoo { success message } }", {}, token);
  if (answer.syncContactsFromOdoo?.success !== true) throw new Error(`The sync failed: ${answer.syncContactsFromOdoo?.message}`);
  return performance.now() - begin;
}

async function run(store: BenchStore, { rounds }: TurnOptions) {
  const odoo = await startFloor("odoo", "floors/odoo.ts", { PARTNERS: String(PARTNERS) });
  const product = await startGateway({ ...environmentOf(store), UPSTREAM_ALLOW: "127.0.0.1/32" });
  try {
    const url = `http://127.0.0.1:${product.port}`;
    const times: Record<"first" | "second" | "bareFirst" | "bareSecond", number[]> = {
      first: [],
      second: [],
      bareFirst: [],
      bareSecond: [],
    };
    for (let round = 0; round < rounds; round += 1) {
      const token = await newcomer(url, odoo.port, round);
      times.first.push(await sync(url, token));
      times.bareFirst.push(await readBare(odoo.port, null));
      times.second.push(await sync(url, token));
      times.bareSecond.push(await readBare(odoo.port, new Date().toISOString().slice(0, 19).replace("T", " ")));
    }
    const ratio = (a: number[], b: number[]) => median(a) / median(b);
    const targets: Target[] = [
      { what: "times the bare read, first sync", measured: ratio(times.first, times.bareFirst), wanted: 1.5, kind: "at most" },
      { what: "times the bare read, second sync", measured: ratio(times.second, times.bareSecond), wanted: 1.2, kind: "at most" },
    ];
    const figures = Object.entries(times).map(([name, each]) => ({
      name,
      requestsPerSecond: PARTNERS / (median(each) / 1_000),
      p50: median(each),
      p99: Math.max(...each),
      cpuMs: Number.NaN,
      peakMiB: product.peakMiB(),
      failures: 0,
    }));
    return { workload: "W7", about: contacts.about, figures, targets };
  } finally {
    await product.stop();
    await odoo.stop();
  }
}

/** W7: contacts from Odoo. */
export const contacts: Workload = { id: "W7", about: `first and second sync of ${PARTNERS} contacts (rows a second, ms)`, run };
