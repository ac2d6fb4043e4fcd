import { expect, onTestFinished, test } from "vitest";
import { createTestStore } from "../support/database.ts";
import { createRingPath } from "../support/key-ring.ts";
import { createViewer, openSyncNode, saveOdooCredential, storedContacts, syncContacts } from "../support/sync.ts";
import { queueRun, workElsewhere } from "../support/sync-elsewhere.ts";
import { askAsAdmin, readCredentials, seedPartners } from "./real-odoo.ts";

const SEEDED = 10_000;
const FIELDS = ["name", "email", "phone", "is_company", "active", "write_date"];

/** A node with the credential of an Odoo user, over a store of its own. */
async function startRealSync(login: "ODOO" | "ODOO_SYNC") {
  const credential = readCredentials();
  const store = await createTestStore();
  const ringFile = createRingPath();
  const node = await openSyncNode({ ...store, ringFile });
  onTestFinished(async () => {
    await node.close();
    await store.remove();
  });
  const viewer = await createViewer(node.database);
  await saveOdooCredential(node, viewer, credential("ODOO_URL"), {
    database: credential("ODOO_DB"),
    username: credential(`${login}_LOGIN`),
    password: credential(login === "ODOO" ? "ODOO_PASSWORD" : "ODOO_SYNC_API_KEY"),
  });
  node.runner.start();
  return { store, ringFile, node, viewer };
}

/** Every partner, archived ones too, as the server gives them to its administrator. */
async function readPartners(): Promise<readonly { readonly id: number }[]> {
  const keywords = { fields: FIELDS, order: "id", context: { active_test: false } };
  return (await askAsAdmin("res.partner", "search_read", [[]], keywords)) as { id: number }[];
}

/** What changed at the server between two readings: a write to a company also touches its contacts there. */
function compareReadings(before: readonly { readonly id: number }[], after: readonly { readonly id: number }[]) {
  const texts = new Map(before.map((row) => [row.id, JSON.stringify(row)]));
  const kept = after.filter(({ id }) => texts.has(id));
  return {
    created: after.length - kept.length,
    updated: kept.filter((row) => texts.get(row.id) !== JSON.stringify(row)).length,
    deleted: before.length - kept.length,
  };
}

test("ten thousand partners are brought, and after changes exactly what changed", async () => {
  await seedPartners("create", "--count", String(SEEDED));
  const harness = await startRealSync("ODOO");
  const began = performance.now();
  const first = await syncContacts(harness);
  console.info(`${first.message} ${((performance.now() - began) / 1_000).toFixed(2)} s`);
  expect(first).toMatchObject({ success: true, updated: 0, deleted: 0 });
  expect(first.created).toBeGreaterThanOrEqual(SEEDED);
  const before = await readPartners();
  expect(await storedContacts(harness.node)).toEqual(before);

  expect(await syncContacts(harness)).toMatchObject({ success: true, created: 0, updated: 0, deleted: 0 });
  await seedPartners("touch", "--count", "40", "--offset", "1030");
  await seedPartners("archive", "--count", "20", "--offset", "3030");
  await seedPartners("delete", "--count", "10", "--offset", "5030");
  const again = performance.now();
  const second = await syncContacts(harness);
  console.info(`${second.message} ${((performance.now() - again) / 1_000).toFixed(2)} s`);
  const after = await readPartners();
  const changes = compareReadings(before, after);
  expect(changes).toEqual({ created: 0, updated: expect.any(Number), deleted: 10 });
  expect(changes.updated).toBeGreaterThanOrEqual(60);
  expect(second).toMatchObject({ success: true, ...changes });
  expect(await storedContacts(harness.node)).toEqual(after);

  await seedPartners("create", "--count", String(SEEDED));
  const third = await syncContacts(harness);
  expect(third).toMatchObject({ success: true, ...compareReadings(after, await readPartners()), created: 10, deleted: 0 });
  const { rows } = await harness.node.contacts.findPage(harness.viewer, { search: "JOSE o'brien" });
  expect(rows.length).toBeGreaterThan(0);
  expect(new Set(rows.map(({ name }) => name.replace(/ \d+$/, "")))).toEqual(new Set(["José O'Brien"]));
});

test("a sync by API key that is killed half-way goes on in the next process and ends equal to the server", async () => {
  await seedPartners("create", "--count", String(SEEDED));
  const harness = await startRealSync("ODOO_SYNC");
  const runId = await queueRun(harness);
  const killed = await workElsewhere(harness, ({ processed }) => processed < 3_000);
  expect(killed.signal).toBe("SIGKILL");
  const left = await harness.node.database.client.syncRun.findUniqueOrThrow({ where: { id: runId } });
  expect({ status: left.status, isHalfWay: left.processed >= 3_000 && left.processed < SEEDED }).toEqual({
    status: "RUNNING",
    isHalfWay: true,
  });
  expect(await workElsewhere(harness)).toMatchObject({ code: 0 });
  const ended = await harness.node.database.client.syncRun.findUniqueOrThrow({ where: { id: runId } });
  expect(ended).toMatchObject({ status: "SUCCEEDED", created: ended.total, processed: ended.total, updated: 0, deleted: 0 });
  expect(await storedContacts(harness.node)).toEqual(await readPartners());
});
