import { mkdtempSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { limitHeapGrowth } from "../../src/heap-growth.ts";
import { openKeyRing } from "../../src/keys/key-ring.ts";
import { openCallNode } from "./call-node.ts";

// As `main.ts` does.
limitHeapGrowth();

// A call node in a process of its own, to be weighed: says where it listens, then answers each line on its input with its
// greatest weight in MiB since the line before.
const dataDir = mkdtempSync(path.join(tmpdir(), "postern-call-"));
const ring = openKeyRing({ file: path.join(dataDir, "keys.json") }, { mayCreate: true });
const node = await openCallNode({ store: { dataDir, databaseUrl: undefined }, ring });
const ada = await node.addUser("ada");
const values = { api_key: "sk-0123456789abcdefXYZ", base_url: process.env.UPSTREAM ?? "" };
const id = await node.addCredential(ada, "llm-api-key", values);
const say = (what: object) => writeSync(1, `${JSON.stringify(what)}\n`);

let heaviest = 0;
const weigh = () => {
  heaviest = Math.max(heaviest, process.memoryUsage.rss());
};
const weighing = setInterval(weigh, 5);
say({ url: node.url, id });
for await (const _ of createInterface({ input: process.stdin })) {
  weigh();
  say({ heaviestMiB: Math.round(heaviest / 1024 ** 2) });
  globalThis.gc?.();
  heaviest = 0;
}
clearInterval(weighing);
await node.close();
rmSync(dataDir, { recursive: true, force: true });
