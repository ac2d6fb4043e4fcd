import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { memoryBound } from "../support/memory-bound.ts";
import { openSyncNode, startSync, storedContacts, syncContacts, TEST_TIMES, upstreamContacts } from "../support/sync.ts";
import { queueRun, workElsewhere } from "../support/sync-elsewhere.ts";

const FOREVER = new AbortController().signal;
test("a run whose process is killed three times goes on each time where it stood, and counts nothing twice", {
  timeout: 120_000,
}, async () => {
  const harness = await startSync({ partners: 8_000 });
  const { node, odoo } = harness;
  odoo.breakWith({ kind: "slow", delayMs: 60, only: "search_read" });
  const runId = await queueRun(harness);
  for (const enough of [1_000, 3_000, 5_000]) {
    const { signal } = await workElsewhere(harness, ({ processed }) => processed < enough);
    expect(signal).toBe("SIGKILL");
  }
  const { processed, status } = await node.database.client.syncRun.findUniqueOrThrow({ where: { id: runId } });
  expect({ status, isHalfWay: processed >= 5_000 && processed < 8_000 }).toEqual({ status: "RUNNING", isHalfWay: true });
  expect(await node.database.client.contact.count()).toBe(processed);
  odoo.heal();
  odoo.partners.unlink([1, 7_999]);
  odoo.partners.touch([2]);
  expect(await workElsewhere(harness)).toMatchObject({ code: 0 });

  const run = await node.database.client.syncRun.findUniqueOrThrow({ where: { id: runId } });
  expect(run).toMatchObject({ status: "SUCCEEDED", created: 7_999, updated: 0, deleted: 1, processed: 7_999 });
  expect(odoo.requests.filter(({ method }) => method === "search_read").length).toBeLessThan(8 + 3 * 2 + 2);
  node.runner.start();
  expect(await syncContacts(harness)).toMatchObject({ status: "SUCCEEDED", created: 0, updated: 1, deleted: 0 });
  expect(await storedContacts(node)).toEqual(upstreamContacts(odoo));
});

test("a hundred thousand contacts are synced within 150 MiB above idle", { timeout: 300_000 }, async () => {
  const harness = await startSync({ partners: 100_000 });
  await queueRun(harness);
  const began = performance.now();
  const { addedMiB, ...end } = await workElsewhere(harness);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  console.info(`100,000 contacts: ${addedMiB} MiB above idle, ${seconds} s with the start of the process`);
  expect(end).toEqual({ processed: 100_000, code: 0, signal: null });
  expect(await harness.node.database.client.contact.count()).toBe(100_000);
  expect(addedMiB).toBeLessThan(memoryBound(150));
});

test("a runner that wakes up after its lease was taken writes nothing more", async () => {
  // It renews too late, as a process does that was stopped meanwhile.
  const harness = await startSync({ partners: 2_500 }, { ...TEST_TIMES, leaseMs: 300, renewMs: 600_000 });
  const { node, odoo, viewer, store, ringFile } = harness;
  odoo.breakWith({ kind: "slow", delayMs: 1_000, only: "search_read" });
  const { run } = await node.runs.sync(viewer, { resource: "CONTACTS", background: true }, FOREVER);
  while (odoo.countOf("search_read") < 1) await sleep(5);
  // The first page reaches the old runner while the new one is among its own.
  odoo.breakWith({ kind: "slow", delayMs: 400, only: "search_read" });
  const other = await openSyncNode({ ...store, ringFile, database: node.database });
  other.runner.start();
  while ((await node.runs.findById(viewer, run?.id ?? ""))?.status !== "SUCCEEDED") await sleep(20);
  await node.runner.stop();
  await other.close();
  expect(await node.runs.findById(viewer, run?.id ?? "")).toMatchObject({ processed: 2_500, created: 2_500, updated: 0 });
  expect(await storedContacts(node)).toEqual(upstreamContacts(odoo));
  expect([...node.failures, ...other.failures]).toEqual([]);
});

test("a process that stops leaves its run to the next one at once", async () => {
  const harness = await startSync({ partners: 3_000 }, { ...TEST_TIMES, leaseMs: 60_000 });
  const { node, odoo, viewer } = harness;
  odoo.breakWith({ kind: "slow", delayMs: 200, only: "search_read" });
  const { run } = await node.runs.sync(viewer, { resource: "CONTACTS", background: true }, FOREVER);
  while (((await node.runs.findById(viewer, run?.id ?? ""))?.processed ?? 0) < 1_000) await sleep(5);
  await node.runner.stop();
  const stopped = await node.runs.findById(viewer, run?.id ?? "");
  expect(stopped?.status).toBe("RUNNING");
  odoo.heal();
  node.runner.start();
  expect(await syncContacts(harness)).toMatchObject({ status: "SUCCEEDED", processed: 3_000, created: 3_000 });
  expect(await storedContacts(node)).toEqual(upstreamContacts(odoo));
});
