import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { limitHeapGrowth } from "../../src/heap-growth.ts";
import { openSyncNode, TEST_TIMES } from "./sync.ts";

// A process of its own, to be killed or weighed: works off the queue of the store that its environment names, and says
// how far it is and what it weighs beyond what it did before it began.
limitHeapGrowth();
const { DATA_DIR = "", STORE_URL, RING_FILE = "" } = process.env;
const node = await openSyncNode({ dataDir: DATA_DIR, databaseUrl: STORE_URL, ringFile: RING_FILE, times: TEST_TIMES });
const { syncRun } = node.database.client;
const run = await syncRun.findFirstOrThrow({ where: { activeKey: { not: null } } });
await sleep(200);
globalThis.gc?.();
const idle = process.memoryUsage.rss();
let heaviest = idle;
node.runner.start();
for (let isOpen = true; isOpen; ) {
  await sleep(20);
  heaviest = Math.max(heaviest, process.memoryUsage.rss());
  const { processed, activeKey } = await syncRun.findUniqueOrThrow({ where: { id: run.id } });
  writeSync(1, `${JSON.stringify({ processed, addedMiB: Math.round((heaviest - idle) / 1024 / 1024) })}\n`);
  isOpen = activeKey !== null;
}
await node.close();
