import { spawn } from "node:child_process";
import path from "node:path";
import { text } from "node:stream/consumers";
import { createTestStore } from "../support/database.ts";
import { type Product, startProduct } from "../support/product.ts";
import { defineFault, type FaultOptions, type Figures } from "./support/define-fault.ts";
import { askGraphql, signIn } from "./support/fault-nodes.ts";
import { percentile, watchHealth } from "./support/health-watch.ts";

const TIMES_CAPACITY = 3;
const SATURATING_CONNECTIONS = 64;
/** Until hot code is compiled, and until thousands of connections are open and have their first answers. */
const SETTLING_SECONDS = 3;
/** Callers, since each has a bound of its own. */
const TOKENS = 20;

/** Applications that the route of the replaced system knows. */
const APPS = ["cigar", "tobacco", "whiskey", "qa"];

const PERMISSIONS = ["connector:read", "credential:read", "credential:reveal"];
const SAVE = "mutation ($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } } }";
const CREATE = "mutation ($input: CreateServiceTokenInput!) { createServiceToken(input: $input) { token } }";
const LIST = "{ credentials(first: 20) { nodes { id project connector { id name } lastTest { outcome } } } }";

type LoadResult = Readonly<
  Record<"sent" | "served" | "refused" | "otherwise" | "lost" | "unsent" | "seconds" | "p50" | "p99", number>
>;
type Load = { readonly seconds: number; readonly connections?: number; readonly rate?: number; readonly settling?: number };

/** Lists and reveals that are on record, by twenty service tokens in turn, as they go over the wire. */
async function prepareRequests(node: Product): Promise<readonly string[]> {
  const ada = await signIn(node, "ada");
  for (const project of APPS) {
    const fields = Object.entries({ email: "ada@example.test", password: "a password of ada" }).map(([name, value]) => ({
      name,
      value,
    }));
    await askGraphql(node, SAVE, { input: { connector: "app-login", project, fields, test: false } }, ada.token);
  }
  const admin = await signIn(node, "admin", "login");
  const requests: string[] = [];
  for (let index = 0; index < TOKENS; index += 1) {
    const { data } = await askGraphql(node, CREATE, { input: { name: `load ${index}`, permissions: PERMISSIONS } }, admin.token);
    const { token } = data.createServiceToken as unknown as { token: string };
    const head = `host: localhost\r\nauthorization: Bearer ${token}\r\n`;
    const body = JSON.stringify({ query: LIST });
    requests.push(
      `POST /graphql HTTP/1.1\r\n${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      `GET /api/v1/credentials/ada/${APPS[index % APPS.length]} HTTP/1.1\r\n${head}\r\n`,
    );
  }
  return requests;
}

async function load({ url }: Product, requests: readonly string[], scenario: Load): Promise<LoadResult> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, "support/open-load.mjs")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify({ port: Number(new URL(url).port), requests, ...scenario }));
  return JSON.parse(await text(child.stdout)) as LoadResult;
}

const perSecond = ({ served, seconds }: LoadResult) => served / seconds;

async function measure(node: Product, seconds: number): Promise<readonly [peak: number, over: LoadResult, health: number[]]> {
  const requests = await prepareRequests(node);
  const saturate = () => load(node, requests, { seconds, connections: SATURATING_CONNECTIONS });
  await load(node, requests, { seconds: SETTLING_SECONDS, connections: SATURATING_CONNECTIONS });
  const before = perSecond(await saturate());
  const health = watchHealth(node.url);
  const over = await load(node, requests, {
    seconds: seconds * 2,
    rate: before * TIMES_CAPACITY,
    settling: SETTLING_SECONDS,
  });
  const times = await health.stop();
  // On both sides of it, since other work on the machine comes and goes.
  return [(before + perSecond(await saturate())) / 2, over, times];
}

async function run({ isShort, count }: FaultOptions): Promise<Figures> {
  const seconds = count(10, 1);
  const { dataDir, databaseUrl, remove } = await createTestStore();
  const unlimited = { RATE_LIMIT_PER_MINUTE: "0", GENERAL_RATE_LIMIT_PER_MINUTE: "0", CALLER_RATE_LIMIT_PER_MINUTE: "0" };
  const environment = { ...unlimited, ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) };
  const node = await startProduct({ dataDir, environment });
  try {
    const [peak, over, times] = await measure(node, seconds);
    // A few seconds on a busy machine prove that it does not collapse; the long form proves the figures.
    const least = isShort ? 0.5 : 0.8;
    const slowest = isShort ? 1_000 : 250;
    return {
      cases: over.sent,
      figures: [
        { what: "most served at saturation, a second", value: Math.round(peak) },
        { what: "offered, a second", value: Math.round(over.sent / over.seconds) },
        { what: "not sent, since every connection waited, a second", value: Math.round(over.unsent / over.seconds) },
        { what: "served meanwhile, a second", value: Math.round(perSecond(over)) },
        { what: "of the most", value: Math.round((perSecond(over) / peak) * 100) / 100, target: { atLeast: least } },
        { what: "refused with a time to come back, %", value: Math.round((over.refused / over.sent) * 100) },
        { what: "answered otherwise", value: over.otherwise, target: { exactly: 0 } },
        { what: "connections lost", value: over.lost, target: { exactly: 0 } },
        { what: "served, p99, ms", value: over.p99 },
        { what: "/health meanwhile, p50, ms", value: percentile(times, 0.5) },
        { what: "/health meanwhile, p99, ms", value: percentile(times, 0.99), target: { atMost: slowest } },
      ],
    };
  } finally {
    await node.end("SIGTERM");
    await remove();
  }
}

defineFault({
  name: "overload",
  about:
    "Three times as much as it can do is asked for: it goes on doing what it can, tells the rest to come back, and is alive.",
  run,
});
