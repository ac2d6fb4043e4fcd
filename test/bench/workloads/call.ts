import { type Contestant, startFloor, startGateway } from "../contestant.ts";
import { usernameOf } from "../store.ts";
import { type Figures, type TurnOptions, takeTurns } from "../turns.ts";
import { type BenchStore, environmentOf, rawRequest, type Target, type Workload } from "../workload.ts";
import { startUpstream } from "./access-token.ts";
import { signIn } from "./graphql-request.ts";

const LARGE_MIB = 64;

/** How many MiB a second come through at one download after another. */
async function throughput(contestant: Contestant, path: string, token: string, rounds: number): Promise<number> {
  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    const answer = await fetch(`http://127.0.0.1:${contestant.port}${path}`, { headers: { authorization: `Bearer ${token}` } });
    let bytes = 0;
    for await (const piece of answer.body ?? []) bytes += (piece as Uint8Array).length;
    if (bytes !== LARGE_MIB * 1024 * 1024) throw new Error(`The download from ${contestant.name} is not whole.`);
    rates.push(LARGE_MIB / ((performance.now() - begin) / 1_000));
  }
  return rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)] ?? 0;
}

/** What the product adds to a call made directly, held to `wanted`; a bare proxy's addition stands beside it. */
function addition(to: "p50" | "p99", figures: readonly Figures[], connections: number, wanted: number): Target {
  const [product = Number.NaN, direct = Number.NaN, proxy = Number.NaN] = figures.map((each) => each[to]);
  const what = `ms added to ${to}, ${connections} at a time; a bare proxy adds ${(proxy - direct).toFixed(2)}`;
  return { what, measured: product - direct, wanted, kind: "at most" };
}

async function run(store: BenchStore, options: TurnOptions) {
  const upstream = await startUpstream();
  const contestants: Contestant[] = [];
  try {
    const product = await startGateway({ ...environmentOf(store), ...upstream.env });
    contestants.push(product);
    const proxy = await startFloor("bare proxy", "floors/bare-proxy.ts", { UPSTREAM_PORT: String(upstream.port) });
    contestants.push(proxy);
    const direct: Contestant = { ...proxy, name: "direct", port: upstream.port };
    const token = await signIn(`http://127.0.0.1:${product.port}`, usernameOf(0));
    const authorization = `Bearer ${token}`;
    const requestsOf = ({ name }: Contestant) => [
      rawRequest("GET", name === "direct" ? "/small" : "/api/user/call/small", { authorization }),
    ];
    const all = [product, direct, proxy];
    // One at a time comes last: so few calls would not warm what they are to measure.
    const many = await takeTurns(all, requestsOf, { ...options, connections: 16 });
    const alone = await takeTurns(all, requestsOf, { ...options, connections: 1 });
    const large = `/api/user/call/large/${LARGE_MIB}`;
    const streamed =
      (await throughput(product, large, token, options.rounds)) / (await throughput(proxy, large, token, options.rounds));
    const targets: Target[] = [
      addition("p50", alone, 1, 1),
      addition("p99", many, 16, 8),
      { what: "of a bare proxy's throughput, streamed", measured: streamed, wanted: 0.5, kind: "at least" },
    ];
    const named = (figures: readonly Figures[], at: string) => figures.map((each) => ({ ...each, name: `${each.name} ${at}` }));
    return { workload: "W5", about: call.about, figures: [...named(alone, "1"), ...named(many, "16")], targets };
  } finally {
    for (const contestant of contestants) await contestant.stop();
    await upstream.stop();
  }
}

/** W5: a call to the upstream through the gateway, against the same call made directly. */
export const call: Workload = { id: "W5", about: "ANY /api/user/call/{path} against the same call made directly", run };
