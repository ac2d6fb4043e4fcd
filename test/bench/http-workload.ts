import { type Contestant, startFloor, startGateway } from "./contestant.ts";
import { type TurnOptions, takeTurns } from "./turns.ts";
import { type BenchStore, environmentOf, ratioTo, type Target, type WorkloadResult } from "./workload.ts";

/** A workload of one kind of request, held against floors that answer the same bytes and, where there is one, a bare handler. */
export type HttpWorkload = {
  readonly id: string;
  readonly about: string;
  /** The requests for the running product at the URL, whole as they go over the wire. */
  readonly requests: (url: string, store: BenchStore) => Promise<readonly string[]>;
  /** The bare handler's script, environment and requests. */
  readonly bare?: {
    readonly script: string;
    readonly env: Readonly<Record<string, string>>;
    readonly requests: (store: BenchStore) => readonly string[];
  };
  /** Least parts of `node:http` and of the bare handler, by CPU a request. */
  readonly wanted: { readonly node: number; readonly bare?: number };
  /** What must run beside the product, and the environment that it needs for it. */
  readonly surroundings?: () => Promise<{ readonly env: Readonly<Record<string, string>>; stop(): Promise<void> }>;
};

async function answerOf(url: string, raw: string): Promise<string> {
  const [head = "", body = ""] = raw.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const [method = "GET", path = "/"] = first.split(" ");
  const headers = Object.fromEntries(
    lines.map((line) => line.split(": ", 2) as [string, string]).filter(([name]) => !["host", "content-length"].includes(name)),
  );
  const answer = await fetch(`${url}${path}`, { method, headers, ...(method === "GET" ? {} : { body }) });
  const text = await answer.text();
  if (!answer.ok || text.includes('"errors"'))
    throw new Error(`The workload's own request fails: ${answer.status} ${text.slice(0, 300)}`);
  return text;
}

/** Measures the product and its floors in turns. */
export async function runHttpWorkload(workload: HttpWorkload, store: BenchStore, options: TurnOptions): Promise<WorkloadResult> {
  const { id, about, bare, wanted } = workload;
  const contestants: Contestant[] = [];
  const requests = new Map<string, readonly string[]>();
  const surroundings = await workload.surroundings?.();
  try {
    const product = await startGateway({ ...environmentOf(store), ...surroundings?.env });
    contestants.push(product);
    const url = `http://127.0.0.1:${product.port}`;
    const own = await workload.requests(url, store);
    requests.set(product.name, own);
    const BODY = await answerOf(url, own[0] ?? "");
    for (const SERVER of ["node", "fastify"]) {
      contestants.push(await startFloor(SERVER === "node" ? "node:http" : "fastify", "floors/same-bytes.ts", { SERVER, BODY }));
    }
    if (bare !== undefined && store.databaseUrl === undefined) {
      contestants.push(await startFloor("bare handler", bare.script, { DATA_DIR: store.dataDir, ...bare.env }));
      requests.set("bare handler", bare.requests(store));
    }
    const figures = await takeTurns(contestants, ({ name }) => requests.get(name) ?? own, options);
    return { workload: id, about, figures, targets: targetsOf(figures, wanted) };
  } finally {
    for (const contestant of contestants) await contestant.stop();
    await surroundings?.stop();
  }
}

function targetsOf(figures: WorkloadResult["figures"], wanted: HttpWorkload["wanted"]): Target[] {
  const targets: Target[] = [
    { what: "of node:http", measured: ratioTo("node:http", figures), wanted: wanted.node, kind: "at least" },
  ];
  const measured = ratioTo("bare handler", figures);
  if (wanted.bare !== undefined && !Number.isNaN(measured)) {
    targets.push({ what: "of the bare handler", measured, wanted: wanted.bare, kind: "at least" });
  }
  return targets;
}
