import { expect, test } from "vitest";
import { saveOdooCredential, startSync, storedContacts, syncContacts, TEST_TIMES, upstreamContacts } from "../support/sync.ts";

const NOTHING = { created: 0, updated: 0, deleted: 0 };

test("the first sync brings every contact, archived ones too, and says so", async () => {
  const harness = await startSync({ partners: 2_345 });
  harness.odoo.partners.archive([7, 2_000]);
  expect(await syncContacts(harness)).toEqual({
    success: true,
    message: "Synced 2345 contacts: 2345 created, 0 updated, 0 deleted.",
    errors: [],
    status: "SUCCEEDED",
    total: 2_345,
    processed: 2_345,
    created: 2_345,
    updated: 0,
    deleted: 0,
    errorCode: null,
  });
  expect(await storedContacts(harness.node)).toEqual(upstreamContacts(harness.odoo));
  expect(harness.node.failures).toEqual([]);
});

test("the next sync brings exactly what was created, changed, archived and deleted", async () => {
  const harness = await startSync({ partners: 1_500 });
  const { partners } = harness.odoo;
  await syncContacts(harness);
  partners.create([{ name: "Nueva" }, { name: "Also new" }]);
  partners.write([3, 4, 5], { phone: "+34 1" });
  partners.archive([10]);
  partners.unlink([20, 21, 1_499, 1_500]);

  expect(await syncContacts(harness)).toMatchObject({ status: "SUCCEEDED", created: 2, updated: 4, deleted: 4 });
  expect(await storedContacts(harness.node)).toEqual(upstreamContacts(harness.odoo));
  expect(await syncContacts(harness)).toMatchObject({ status: "SUCCEEDED", ...NOTHING });
});

test("an incremental sync reads the overlap again and counts nothing of it, however many rows share one time", async () => {
  let now = Date.parse("2026-11-20T08:00:00Z");
  const harness = await startSync({ partners: 100, clock: () => now });
  now += 3_600_000;
  const ids = harness.odoo.partners.create(Array.from({ length: 1_499 }, (_, index) => ({ name: `Tie ${index}` })));
  await syncContacts(harness);
  expect(await syncContacts(harness)).toMatchObject({ total: 1_499, processed: 1_499, ...NOTHING });
  now += 3_600_000;
  harness.odoo.partners.touch(ids.slice(0, 3));
  expect(await syncContacts(harness)).toMatchObject({ total: 1_499, created: 0, updated: 3, deleted: 0 });
});

test("a transaction that commits behind the cursor is found, by an upstream whose clock is hours behind ours", async () => {
  let now = Date.now() - 5 * 3_600_000;
  const harness = await startSync({ partners: 50, clock: () => now });
  await syncContacts(harness);
  now += 600_000;
  const late = harness.odoo.partners.begin();
  late.write([5], { name: "Written early, seen late" });
  late.create([{ name: "Created early, seen late" }]);
  now += 100_000;
  harness.odoo.partners.touch([6]);
  expect(await syncContacts(harness)).toMatchObject({ created: 0, updated: 1, deleted: 0 });
  late.commit();
  expect(await syncContacts(harness)).toMatchObject({ created: 1, updated: 1, deleted: 0 });
  expect(await storedContacts(harness.node)).toEqual(upstreamContacts(harness.odoo));
});

test("a commit later than the overlap is found by a full sync", async () => {
  let now = Date.now() - 5 * 3_600_000;
  const harness = await startSync({ partners: 50, clock: () => now });
  const late = harness.odoo.partners.begin();
  late.write([5], { name: "An import of an hour" });
  now += 3_600_000;
  harness.odoo.partners.touch([6]);
  await syncContacts(harness);
  late.commit();
  expect(await syncContacts(harness)).toMatchObject(NOTHING);
  expect(await syncContacts(harness, { full: true })).toMatchObject({ processed: 50, created: 0, updated: 1, deleted: 0 });
  expect(await storedContacts(harness.node)).toEqual(upstreamContacts(harness.odoo));
});

test("rows that become visible without a change of their time are fetched", async () => {
  const harness = await startSync({ partners: 30 });
  await syncContacts(harness);
  const { client } = harness.node.database;
  await client.syncState.updateMany({ data: { cursor: "2099-01-01 00:00:00" } });
  await client.contact.deleteMany({ where: { upstreamId: { in: [1, 2, 17, 30] } } });
  expect(await syncContacts(harness)).toMatchObject({ created: 4, updated: 0, deleted: 0 });
  expect(await storedContacts(harness.node)).toEqual(upstreamContacts(harness.odoo));
});

test("when most of the rows are gone nothing is deleted, until a full sync says that it is meant", async () => {
  const harness = await startSync({ partners: 300 });
  await syncContacts(harness);
  harness.odoo.partners.unlink(Array.from({ length: 200 }, (_, index) => index + 1));
  const message =
    "The upstream no longer shows 200 of 300 stored rows. That looks like a change of permissions or company, so nothing was deleted. Run a full sync to accept it.";
  expect(await syncContacts(harness)).toMatchObject({
    success: false,
    message: `Odoo contact sync failed: ${message}`,
    errors: [message],
    status: "FAILED",
    deleted: 0,
    errorCode: null,
  });
  expect(await harness.node.database.client.contact.count()).toBe(300);
  expect(await syncContacts(harness, { full: true })).toMatchObject({ status: "SUCCEEDED", deleted: 200 });
  expect(await storedContacts(harness.node)).toEqual(upstreamContacts(harness.odoo));
});

const FULL = 2_100;
const FULL_MESSAGE =
  "The upstream has more than 2100 rows, the most that are kept of one credential. What was stored before stays. Give the credential an account that sees fewer, or have whoever runs Postern raise SYNC_MAX_ROWS.";

test("an upstream with more rows than are kept fails its run, which says so and keeps what was stored before", async () => {
  const harness = await startSync({ partners: FULL - 100 }, TEST_TIMES, FULL);
  const { partners } = harness.odoo;
  const stored = () => harness.node.database.client.contact.count();
  await syncContacts(harness);
  partners.create(Array.from({ length: 100 }, (_, index) => ({ name: `Last ${index}` })));
  expect(await syncContacts(harness)).toMatchObject({ status: "SUCCEEDED", created: 100 });

  partners.create([{ name: "One more" }]);
  const failed = { success: false, errors: [FULL_MESSAGE], status: "FAILED", created: 0, deleted: 0, errorCode: null };
  expect(await syncContacts(harness)).toMatchObject(failed);
  expect(await stored()).toBe(FULL);
  partners.write([1], { name: "Renamed" });
  expect(await syncContacts(harness, { full: true })).toMatchObject({ ...failed, processed: 2_000, updated: 1 });
  expect(await stored()).toBe(FULL);
  expect(harness.node.failures).toEqual([]);

  partners.unlink([5]);
  expect(await syncContacts(harness)).toMatchObject(failed);
  partners.unlink([FULL + 1]);
  expect(await syncContacts(harness, { full: true })).toMatchObject({ status: "SUCCEEDED", created: 0, deleted: 1 });
  expect(await storedContacts(harness.node)).toEqual(upstreamContacts(harness.odoo));
});

test("ids beyond what is kept end a run before the rows behind them are asked for", async () => {
  const harness = await startSync({ partners: 100 }, TEST_TIMES, FULL);
  await syncContacts(harness);
  await harness.node.database.client.syncState.updateMany({ data: { cursor: "2099-01-01 00:00:00" } });
  harness.odoo.partners.create(Array.from({ length: FULL }, (_, index) => ({ name: `Unseen ${index}` })));
  const pagesBefore = harness.odoo.countOf("search_read");
  expect(await syncContacts(harness)).toMatchObject({ status: "FAILED", errors: [FULL_MESSAGE], created: 0 });
  expect(harness.odoo.countOf("search_read") - pagesBefore).toBe(1);
});

test("a credential that moves to another database has its old rows replaced", async () => {
  const harness = await startSync({ partners: 40, databases: ["odoo_db", "second"] });
  harness.odoo.database("second").partners.create([{ name: "Only here" }, { name: "And here" }]);
  await syncContacts(harness);
  const before = await harness.node.database.client.contact.findFirstOrThrow({ where: { upstreamId: 1 } });
  await saveOdooCredential(harness.node, harness.viewer, harness.odoo.url, { database: "second" });

  expect(await syncContacts(harness)).toMatchObject({ status: "SUCCEEDED", created: 2, updated: 0, deleted: 40 });
  const after = await harness.node.database.client.contact.findMany({ orderBy: { upstreamId: "asc" } });
  expect(after.map(({ name }) => name)).toEqual(["Only here", "And here"]);
  expect(after[0]?.id).not.toBe(before.id);
});

test("products come as contacts do, with their prices as text", async () => {
  const { node, viewer, odoo } = await startSync({ products: 1_201 });
  const signal = new AbortController().signal;
  const first = await node.runs.sync(viewer, { resource: "PRODUCTS" }, signal);
  expect(first.message).toBe("Synced 1201 products: 1201 created, 0 updated, 0 deleted.");
  odoo.products.write([5], { name: "Renamed" });
  odoo.products.unlink([6]);
  const second = await node.runs.sync(viewer, { resource: "PRODUCTS" }, signal);
  expect(second.run).toMatchObject({ created: 0, updated: 1, deleted: 1 });
  const row = await node.database.client.product.findFirstOrThrow({ where: { upstreamId: 5 } });
  expect(row).toMatchObject({ name: "Renamed", sku: "SKU-5", price: "5.5", isActive: true });
});
