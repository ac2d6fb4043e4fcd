import { spawn } from "node:child_process";
import path from "node:path";
import { text } from "node:stream/consumers";
import type { Product } from "../../support/product.ts";
import { askGraphql, signIn } from "./fault-nodes.ts";

/** Callers, since each has a bound of its own. */
const TOKENS = 20;

/** Applications that the route of the replaced system knows. */
export const APPS = ["cigar", "tobacco", "whiskey", "qa"];

const PERMISSIONS = ["connector:read", "credential:read", "credential:reveal"];
const SAVE = "mutation ($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } } }";
const CREATE = "mutation ($input: CreateServiceTokenInput!) { createServiceToken(input: $input) { token } }";
const LIST = "{ credentials(first: 20) { nodes { id project connector { id name } lastTest { outcome } } } }";

/** What became of the requests, and how long those served took, in milliseconds. */
export type LoadResult = Readonly<
  Record<"sent" | "served" | "refused" | "otherwise" | "lost" | "unsent" | "seconds" | "p50" | "p99", number>
>;
/** What `open-load.mjs` is told: a rate, or so many connections that each ask again when they are answered. */
export type Load = {
  readonly seconds: number;
  readonly connections?: number;
  readonly rate?: number;
  readonly settling?: number;
};

/** The access token of `ada`, who has a credential for each of `APPS`, and the service tokens of machines that may read them. */
export type Callers = { readonly person: string; readonly machines: readonly string[] };

export async function prepareCallers(node: Product): Promise<Callers> {
  const { token: person } = await signIn(node, "ada");
  for (const project of APPS) {
    const fields = Object.entries({ email: "ada@example.test", password: "a password of ada" }).map(([name, value]) => ({
      name,
      value,
    }));
    await askGraphql(node, SAVE, { input: { connector: "app-login", project, fields, test: false } }, person);
  }
  const admin = await signIn(node, "admin", "login");
  const machines: string[] = [];
  for (let index = 0; index < TOKENS; index += 1) {
    const { data } = await askGraphql(node, CREATE, { input: { name: `load ${index}`, permissions: PERMISSIONS } }, admin.token);
    machines.push((data.createServiceToken as unknown as { token: string }).token);
  }
  return { person, machines };
}

/** Lists and reveals that are on record, by twenty service tokens in turn, as they go over the wire. */
export async function prepareRequests(node: Product): Promise<readonly string[]> {
  const { machines } = await prepareCallers(node);
  const body = JSON.stringify({ query: LIST });
  return machines.flatMap((token, index) => {
    const head = `host: localhost\r\nauthorization: Bearer ${token}\r\n`;
    return [
      `POST /graphql HTTP/1.1\r\n${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      `GET /api/v1/credentials/ada/${APPS[index % APPS.length]} HTTP/1.1\r\n${head}\r\n`,
    ];
  });
}

/** Puts load on a gateway, from a process of its own. */
export async function load({ url }: Product, requests: readonly string[], scenario: Load): Promise<LoadResult> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, "open-load.mjs")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify({ port: Number(new URL(url).port), requests, ...scenario }));
  return JSON.parse(await text(child.stdout)) as LoadResult;
}

/** So that nothing but the work itself holds the load back. */
export const WITHOUT_RATE_LIMITS = {
  RATE_LIMIT_PER_MINUTE: "0",
  GENERAL_RATE_LIMIT_PER_MINUTE: "0",
  CALLER_RATE_LIMIT_PER_MINUTE: "0",
};
