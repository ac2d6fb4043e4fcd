import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TypedDocumentString } from "../api/gql/graphql.ts";
import type { GraphqlAnswer } from "./gateway.ts";

export const ADMIN_PASSWORD = "an administrator's passphrase";

/** Longest time from the return of its database to that of the gateway. */
const RETURN_LIMIT_MS = 10_000;
const START_LIMIT_MS = 180_000;

export type Product = {
  readonly url: string;
  readonly child: ChildProcess;
  /** What it wrote on standard error so far, and on standard output where that is kept. */
  printed(): string;
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
  /** Where standard output goes, instead of nowhere: a pipe that nobody reads, or to what is `printed`. */
  readonly output?: "unread" | "kept";
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

const MAIN = path.resolve("dist/main.js");

function environmentOf({ dataDir, environment }: Pick<ProductOptions, "dataDir" | "environment">): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    DATA_DIR: dataDir,
    // The issuer of tokens, alike for every process over a store.
    PUBLIC_URL: "http://postern.example.test",
    LOG_LEVEL: "silent",
    ADMIN_PASSWORD,
    UPSTREAM_ALLOW: "127.0.0.1/32",
    // Tests keep connections and send nothing more on them.
    STOP_IDLE_SECONDS: "1",
    ...environment,
  };
}

/** Runs one of the product's commands beside a gateway that is started with the same; its exit code and all that it printed. */
export async function runProductCommand(
  options: Pick<ProductOptions, "dataDir" | "environment">,
  ...words: readonly string[]
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [MAIN, ...words], { env: environmentOf(options), stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (piece) => {
      output += String(piece);
    });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}

/** How many of a store's audit trails, 0 or 1, the command finds broken; says in that case what it said. */
export async function countBrokenTrails(options: Parameters<typeof runProductCommand>[0]): Promise<number> {
  const { code, output } = await runProductCommand(options, "audit", "verify");
  if (code !== 0) console.error(output);
  return Number(code !== 0);
}

/** Starts the built gateway as a process of its own; its log goes nowhere unless a level is given. */
export async function spawnProduct({ dataDir, environment = {}, through = [], port, output }: ProductOptions): Promise<Product> {
  const listensOn = port ?? (await findFreePort());
  const [program = process.execPath, ...args] = [...through, process.execPath, MAIN];
  const child = spawn(program, args, {
    env: { PORT: String(listensOn), ...environmentOf({ dataDir, environment }) },
    stdio: ["ignore", output === undefined ? "ignore" : "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of output === "kept" ? [child.stdout, child.stderr] : [child.stderr])
    stream?.on("data", (piece) => {
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
    printed: () => printed,
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
