import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { createTestStore } from "./support/database.ts";
import { type Product, startProduct } from "./support/product.ts";

/** The processes that a process started and that live. */
function childrenOf({ child }: Product): readonly number[] {
  const text = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}

async function eventually(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await sleep(50);
}

/** The built product with two workers, and what it has logged so far. */
async function startWorkers() {
  const { dataDir, databaseUrl, remove } = await createTestStore();
  const environment = { DATABASE_URL: databaseUrl ?? "", WORKERS: "2", LOG_LEVEL: "info", STOP_GRACE_SECONDS: "0.2" };
  const product = await startProduct({ dataDir, environment, output: "unread" });
  let lines = "";
  product.child.stdout?.on("data", (piece) => {
    lines += String(piece);
  });
  onTestFinished(async () => {
    product.child.kill("SIGKILL");
    await product.ended;
    await remove();
  });
  const heardOf = (worker: number, from = 0) => lines.slice(from).includes(`"worker":${worker},`);
  /** Asks, on a connection of its own, until each worker has logged that it answered. */
  const askBoth = async () => {
    const from = lines.length;
    while (!heardOf(1, from) || !heardOf(2, from)) {
      await (await fetch(`${product.url}/graphql`, { method: "POST", headers: { connection: "close" } })).text();
      await sleep(20);
    }
  };
  return { product, askBoth, log: () => lines };
}

it("two workers share the port, one that is killed is replaced, and SIGTERM ends all without losing a request", async () => {
  const { product, askBoth, log } = await startWorkers();
  await askBoth();
  const [first = 0, second] = childrenOf(product);
  process.kill(first, "SIGKILL");
  await eventually(() => log().includes("a worker ended and is replaced"));
  await eventually(() => childrenOf(product).length === 2);
  expect(childrenOf(product)).toContain(second);
  await askBoth();
  const workers = childrenOf(product);

  let isOver = false;
  const outcomes: string[] = [];
  const ask = async () => {
    while (!isOver) {
      const outcome = await fetch(`${product.url}/health`, { headers: { connection: "close" } })
        .then(async (response) => `${response.status} ${await response.text()}`)
        .catch((error) => String(error.cause?.code));
      isOver ||= outcome === "ECONNREFUSED";
      if (!isOver) outcomes.push(outcome);
    }
  };
  const asking = Array.from({ length: 8 }, ask);
  await sleep(200);
  product.child.kill("SIGTERM");
  const [code] = await product.ended;
  await Promise.all(asking);
  expect(code).toBe(0);
  expect(outcomes.filter((outcome) => outcome !== '200 {"status":"ok"}')).toEqual([]);
  expect(workers.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
}, 60_000);

it("no worker outlives the process that keeps them", async () => {
  const { product } = await startWorkers();
  await eventually(() => childrenOf(product).length === 2);
  const workers = childrenOf(product);
  product.child.kill("SIGKILL");
  await once(product.child, "exit");
  await eventually(() => workers.every((pid) => !existsSync(`/proc/${pid}`)));
}, 60_000);
