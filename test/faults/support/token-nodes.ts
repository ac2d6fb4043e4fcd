import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Product, startProduct } from "../../support/product.ts";
import { askGraphql, signIn } from "./fault-nodes.ts";
import { type LoginSeen, type LoginUpstream, startLoginUpstream } from "./held-login-upstream.ts";
import { startPostgresqlCluster } from "./postgresql-cluster.ts";
import { findSocketOwner } from "./socket-owner.ts";

const ISSUE = `mutation ($input: IssueAccessTokenInput!) { issueAccessToken(input: $input) { accessToken userErrors { code } } }`;
const SAVE = `mutation ($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } userErrors { code } } }`;
const CREDENTIAL = { connector: "login-api" };
/** How often a caller whose node went away turns to the next, as a balancer would for it. */
const MOST_TURNS = 20;

/** Several built gateways on one PostgreSQL of their own, and one credential whose tokens they hand out. */
export type TokenNodes = {
  readonly products: Product[];
  readonly upstream: LoginUpstream;
  readonly databaseUrl: string;
  /** The token that one caller gets who begins at this node; null when it fails. */
  issue(node: number, options?: { readonly forceRefresh?: boolean }): Promise<string | null>;
  /** The same for so many callers over all nodes at once. */
  issueToAll(callers: number): Promise<readonly (string | null)[]>;
  /** Sends so many requests that are about nothing. */
  warmUp(requests: number): Promise<void>;
  /** The node that makes a login. */
  nodeOf(login: LoginSeen): number;
  /** Starts a node that was ended, on its old port. */
  restart(node: number): Promise<void>;
};

export type TokenNodesOptions = { readonly count: number; readonly loginMs: number };

/** Starts them, and ends them when the work is done. */
export async function withTokenNodes<Result>(
  { count, loginMs }: TokenNodesOptions,
  work: (nodes: TokenNodes) => Promise<Result>,
): Promise<Result> {
  const cluster = await startPostgresqlCluster();
  const dataDir = mkdtempSync(path.join(tmpdir(), "postern-fault-"));
  const upstream = await startLoginUpstream(loginMs);
  const start = (port?: number) => {
    const environment = { DATABASE_URL: cluster.url, LOGIN_API_URL: upstream.url, CALLER_OPERATIONS: "1000" };
    return startProduct({ dataDir, environment, ...(port === undefined ? {} : { port }) });
  };
  const products: Product[] = [];
  try {
    for (let node = 0; node < count; node += 1) products.push(await start());
    let { token } = await signIn(products[0] as Product, "ada");
    const fields = [
      { name: "email", value: "ada@example.test" },
      { name: "password", value: "correct horse" },
    ];
    await askGraphql(products[0] as Product, SAVE, { input: { ...CREDENTIAL, fields, test: false } }, token);
    const issue: TokenNodes["issue"] = async (node, options = {}) => {
      for (let turn = 0; turn < MOST_TURNS; turn += 1) {
        try {
          const product = products[(node + turn) % count] as Product;
          const { data } = await askGraphql(product, ISSUE, { input: { credential: CREDENTIAL, ...options } }, token);
          const { accessToken } = data.issueAccessToken as unknown as { accessToken: string | null };
          return accessToken;
        } catch {
          await sleep(50);
        }
      }
      return null;
    };
    return await work({
      products,
      upstream,
      databaseUrl: cluster.url,
      issue,
      issueToAll: async (callers) => {
        // A session's access token lives for a quarter of an hour, and many rounds take longer.
        token = (await signIn(products[0] as Product, "ada", "login")).token;
        return Promise.all(Array.from({ length: callers }, (_, caller) => issue(caller % count)));
      },
      warmUp: async (requests) => {
        const ask = (index: number) => askGraphql(products[index % count] as Product, "{ me { id } }", {}, token);
        await Promise.all(Array.from({ length: requests }, (_, index) => ask(index)));
      },
      nodeOf: ({ port }) => {
        const pids = products.map(({ child }) => child.pid ?? 0);
        return pids.indexOf(findSocketOwner(port, Number(new URL(upstream.url).port), pids) ?? 0);
      },
      restart: async (node) => {
        products[node] = await start(Number(new URL((products[node] as Product).url).port));
      },
    });
  } finally {
    for (const { child } of products) child.kill("SIGKILL");
    await Promise.all(products.map(({ ended }) => ended));
    upstream.close();
    await cluster.remove();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
