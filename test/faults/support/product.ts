import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TypedDocumentString } from "../../api/gql/graphql.ts";
import type { GraphqlAnswer } from "../../support/gateway.ts";

export const ADMIN_PASSWORD = "an administrator's passphrase";

/** Longest time from the return of its database to that of the gateway. */
const RETURN_LIMIT_MS = 10_000;
const START_LIMIT_MS = 180_000;

export type Product = {
  readonly url: string;
  readonly child: ChildProcess;
  /** What it wrote on standard error so far. */
  stderr(): string;
  /** Settles with exit code and signal once it has ended. */
  readonly ended: Promise<readonly [code: number | null, signal: NodeJS.Signals | null]>;
  /** Ends it with a signal and waits for it. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** Resolves when it answers at /health. @throws {Error} with what it printed when it ends instead */
  ready(): Promise<void>;
  /** Resolves when it is ready, its store included. @throws {Error} when that takes longer than a return to service may */
  serving(): Promise<void>;
};

export type ProductOptions = {
  readonly dataDir: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** A program to start it through, such as `faketime`, with its arguments. */
  readonly through?: readonly string[];
  readonly port?: number;
  /** A pipe that nobody reads on standard output, instead of nothing. */
  readonly hasUnreadOutput?: boolean;
};

/** A port that nothing listens on just now. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Starts the built gateway as a process of its own; its log goes nowhere unless a level is given. */
export async function spawnProduct({
  dataDir,
  environment = {},
  through = [],
  port,
  hasUnreadOutput,
}: ProductOptions): Promise<Product> {
  const listensOn = port ?? (await findFreePort());
  const [program = process.execPath, ...args] = [...through, process.execPath, path.resolve("dist/main.js")];
  const child = spawn(program, args, {
    env: {
      PATH: process.env.PATH,
      DATA_DIR: dataDir,
      PORT: String(listensOn),
      // The issuer of tokens, alike for every process over a store.
      PUBLIC_URL: "http://postern.example.test",
      LOG_LEVEL: "silent",
      ADMIN_PASSWORD,
      UPSTREAM_ALLOW: "127.0.0.1/32",
      ...environment,
    },
    stdio: ["ignore", hasUnreadOutput ? "pipe" : "ignore", "pipe"],
  });
  let printed = "";
  child.stderr?.on("data", (piece) => {
    printed += String(piece);
  });
  let hasEnded = false;
  const ended = once(child, "exit").then((exit) => {
    hasEnded = true;
    return exit as [number | null, NodeJS.Signals | null];
  });
  const url = `http://127.0.0.1:${listensOn}`;
  return {
    url,
    child,
    stderr: () => printed,
    ended,
    end: async (signal) => {
      child.kill(signal);
      await ended;
    },
    ready: async () => {
      const limit = performance.now() + START_LIMIT_MS;
      while (!(await answers(`${url}/health`))) {
        if (hasEnded || performance.now() > limit) throw new Error(`The gateway did not start: ${printed}`);
        await sleep(30);
      }
    },
    serving: async () => {
      const limit = performance.now() + RETURN_LIMIT_MS;
      while (!(await answers(`${url}/health/ready`))) {
        if (hasEnded || performance.now() > limit) throw new Error(`The gateway did not come back: ${printed}`);
        await sleep(30);
      }
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => null);
  return response !== null && (await response.text()) !== "" && response.status === 200;
}

/** The built gateway, started and answering. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const product = await spawnProduct(options);
  await product.ready();
  return product;
}

/** Sends a typed document; rejects when the connection breaks, so that nothing is known of the outcome. */
export async function execute<Result, Variables>(
  url: string,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  token?: string,
): Promise<GraphqlAnswer<Result>> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  return (await response.json()) as GraphqlAnswer<Result>;
}
