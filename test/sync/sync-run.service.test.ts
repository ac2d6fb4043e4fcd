import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { makeId } from "../../src/identifiers.ts";
import { SyncRunRepository } from "../../src/sync/sync-run.repository.ts";
import { startOdooForTest } from "../support/odoo-connector.ts";
import { createViewer, type SyncHarness, saveOdooCredential, startSync, syncContacts, TEST_TIMES } from "../support/sync.ts";

const FOREVER = new AbortController().signal;

/** Starts a run that hangs at the upstream until `odoo.heal()`. */
async function startHangingRun({ node, viewer, odoo }: SyncHarness) {
  odoo.breakWith({ kind: "hang" });
  const { run } = await node.runs.sync(viewer, { resource: "CONTACTS", background: true }, FOREVER);
  if (run === null) throw new Error("No run was started.");
  await waitFor(async () => (await node.runs.findById(viewer, run.id))?.status === "RUNNING");
  return run;
}

async function waitFor(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await sleep(10);
}

async function auditOf({ node }: SyncHarness) {
  const events = await node.database.client.auditEvent.findMany({ where: { targetType: "SyncRun" }, orderBy: { id: "asc" } });
  return events.map(({ action, outcome, actorType, ownerId }) => ({ action, outcome, actorType, ownerId }));
}

test("a user without an Odoo credential is told so, and sees empty lists", async () => {
  const { node } = await startSync();
  const stranger = await createViewer(node.database, "grace");
  const text = "User has no Odoo credentials configured";
  const answer = { success: false, message: text, errors: [text], run: null };
  expect(await node.runs.sync(stranger, { resource: "CONTACTS" }, FOREVER)).toEqual(answer);
  expect(await node.contacts.findPage(stranger, {})).toMatchObject({ rows: [], hasNextPage: false });
});

test("a refused password ends the run with the upstream asked once, and the credential is marked", async () => {
  const harness = await startSync();
  const { node, viewer, odoo, credentialId } = harness;
  await saveOdooCredential(node, viewer, odoo.url, { password: "wrong" });
  expect(await syncContacts(harness)).toMatchObject({
    success: false,
    message: "Odoo contact sync failed: Invalid Odoo credentials",
    errors: ["Invalid Odoo credentials"],
    status: "FAILED",
    errorCode: "CREDENTIAL_REJECTED",
  });
  expect(odoo.countOf("authenticate")).toBe(1);
  const credential = await node.database.client.credential.findUniqueOrThrow({ where: { id: credentialId } });
  expect(credential.status).toBe("INVALID");
});

test("a failure that passes is retried, and one that stays ends the run after three retries", async () => {
  const harness = await startSync({ partners: 10 });
  const { odoo } = harness;
  odoo.breakWith({ kind: "html", status: 502, only: "search_read" });
  const failed = await syncContacts(harness);
  expect(failed).toMatchObject({ success: false, status: "FAILED", total: 10, processed: 0 });
  expect(odoo.countOf("search_read")).toBe(4);
  odoo.breakWith({ kind: "reset", only: "search_read" });
  const syncing = syncContacts(harness);
  while (odoo.countOf("search_read") < 6) await sleep(1);
  odoo.heal();
  expect(await syncing).toMatchObject({ success: true, created: 10 });
});

test("of many that ask at once one run is made, and all get its result", async () => {
  const harness = await startSync({ partners: 1_200 });
  const results = await Promise.all(
    Array.from({ length: 10 }, () => harness.node.runs.sync(harness.viewer, { resource: "CONTACTS" }, FOREVER)),
  );
  expect(new Set(results.map(({ message }) => message))).toEqual(
    new Set(["Synced 1200 contacts: 1200 created, 0 updated, 0 deleted."]),
  );
  expect(new Set(results.map(({ run }) => run?.id)).size).toBe(1);
  const { id: ownerId } = harness.viewer;
  expect(await auditOf(harness)).toEqual([
    { action: "SYNC_STARTED", outcome: "SUCCEEDED", actorType: "USER", ownerId },
    { action: "SYNC_ENDED", outcome: "SUCCEEDED", actorType: "SYSTEM", ownerId },
  ]);
});

test("a run in the background is answered at once and can be watched until its end", async () => {
  const harness = await startSync({ partners: 2_500 });
  const { node, viewer } = harness;
  const { success, message, run } = await node.runs.sync(viewer, { resource: "CONTACTS", background: true }, FOREVER);
  expect({ success, message, status: run?.status }).toEqual({
    success: true,
    message: "The contact sync is queued.",
    status: "QUEUED",
  });
  const seen: string[] = [];
  for await (const { status, total, processed } of await node.runs.watch(viewer, run?.id ?? "")) {
    seen.push(`${status} ${processed}/${total}`);
  }
  expect(seen.at(-1)).toBe("SUCCEEDED 2500/2500");
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBeGreaterThan(2);
});

test("what is read of runs by prepared statement is what Prisma reads", async () => {
  const harness = await startSync({ partners: 5 });
  await syncContacts(harness);
  const open = await startHangingRun(harness);
  const { client } = harness.node.database;
  const repository = new SyncRunRepository(harness.node.database);
  const [ended, running] = await client.syncRun.findMany({ orderBy: { id: "asc" } });
  expect([await repository.findById(ended?.id ?? ""), await repository.findById(open.id)]).toEqual([ended, running]);
  const claimable = await repository.findClaimable(5, 5);
  expect(claimable).toEqual([{ run: running, ownerKey: harness.viewer.id }]);
  const state = await client.syncState.findFirstOrThrow();
  expect(await repository.findState(state.credentialId, state.resource)).toEqual(state);
  await harness.node.runs.cancel(harness.viewer, open.id);
});

test("who stops waiting gets the run as it stands, and it goes on", async () => {
  const harness = await startSync({ partners: 5 });
  const run = await startHangingRun(harness);
  const { message, success } = await harness.node.runs.sync(harness.viewer, { resource: "CONTACTS" }, AbortSignal.timeout(50));
  expect({ message, success }).toEqual({ message: "The contact sync is running.", success: true });
  await harness.node.runs.cancel(harness.viewer, run.id);
});

test("a running sync is cancelled while its upstream hangs, and the next one starts at once", async () => {
  const harness = await startSync({ partners: 5 });
  const { node, viewer, odoo } = harness;
  const run = await startHangingRun(harness);
  expect((await node.runs.cancel(viewer, run.id)).userErrors).toEqual([]);
  await waitFor(async () => (await node.runs.findById(viewer, run.id))?.status === "CANCELLED");
  odoo.heal();
  expect(await syncContacts(harness)).toMatchObject({ success: true, created: 5 });
  expect((await node.runs.cancel(viewer, run.id)).userErrors).toEqual([
    { message: "This sync run has already ended.", field: "id", code: "CONFLICT" },
  ]);
  expect((await auditOf(harness)).slice(0, 3).map(({ action }) => action)).toEqual([
    "SYNC_STARTED",
    "SYNC_CANCELLED",
    "SYNC_ENDED",
  ]);
});

test("a run that is cancelled between its last page and its end is cancelled, and the next one reads all again", async () => {
  // The run does not look up by itself in between.
  const harness = await startSync({ partners: 5 }, { ...TEST_TIMES, leaseMs: 600_000, renewMs: 300_000 });
  const { client, provider } = harness.node.database;
  const cancel = `UPDATE "SyncRun" SET "isCancelRequested" = true WHERE "id" = NEW."id";`;
  const trigger = `CREATE TRIGGER "cancelling" AFTER UPDATE ON "SyncRun" FOR EACH ROW
    WHEN (NEW."processed" = 5 AND NEW."status" = 'RUNNING' AND NOT NEW."isCancelRequested")`;
  if (provider === "sqlite") await client.$executeRawUnsafe(`${trigger} BEGIN ${cancel} END`);
  else {
    await client.$executeRawUnsafe(
      `CREATE FUNCTION cancelling() RETURNS trigger AS $$ BEGIN ${cancel} RETURN NULL; END $$ LANGUAGE plpgsql`,
    );
    await client.$executeRawUnsafe(`${trigger} EXECUTE FUNCTION cancelling()`);
  }
  expect(await syncContacts(harness)).toMatchObject({ success: false, status: "CANCELLED", created: 5 });
  expect(await client.syncState.findMany()).toMatchObject([{ cursor: null, lastRunAt: null }]);
  const ended = await client.auditEvent.findFirstOrThrow({ where: { action: "SYNC_ENDED" } });
  expect(JSON.parse(ended.details)).toMatchObject({ status: "CANCELLED", created: 5 });

  await client.$executeRawUnsafe(`DROP TRIGGER "cancelling"${provider === "sqlite" ? "" : ' ON "SyncRun"'}`);
  expect(await syncContacts(harness)).toMatchObject({ status: "SUCCEEDED", processed: 5, created: 0 });
});

test("runs that hang keep nobody waiting but their owner, however many wait behind them", async () => {
  const harness = await startSync({ partners: 5 });
  const { node, viewer, odoo } = harness;
  const labels = ["default", "b", "c", "d", "e", "f"];
  for (const label of labels.slice(1)) await saveOdooCredential(node, viewer, odoo.url, { label });
  odoo.breakWith({ kind: "hang" });
  const request = { resource: "CONTACTS", background: true } as const;
  for (const label of labels) await node.runs.sync(viewer, { ...request, credential: { label } }, FOREVER);
  await waitFor(async () => node.runner.activeCount === 2);
  const other = await startOdooForTest({ partners: 3 });
  const grace = await createViewer(node.database, "grace");
  await saveOdooCredential(node, grace, other.url);
  expect(await syncContacts({ node, viewer: grace })).toMatchObject({ success: true, created: 3 });
  expect((await node.runs.findPage(viewer, {})).rows.filter(({ status }) => status === "QUEUED")).toHaveLength(4);
});

test("who asks for a full run while a lesser one is going gets a full one after it, or is told so in the background", async () => {
  const harness = await startSync({ partners: 5 });
  const { node, viewer, odoo } = harness;
  await syncContacts(harness);
  const lesser = await startHangingRun(harness);
  const request = { resource: "CONTACTS", full: true } as const;
  const told = await node.runs.sync(viewer, { ...request, background: true }, FOREVER);
  expect([told.success, told.run?.id, told.errors]).toEqual([false, lesser.id, [told.message]]);
  const full = node.runs.sync(viewer, request, FOREVER);
  odoo.heal();
  await node.runs.cancel(viewer, lesser.id);
  const { run, success } = await full;
  expect([success, run?.isFull, run?.status, run?.id === lesser.id]).toEqual([true, true, "SUCCEEDED", false]);
});

test("a run whose credential is deleted meanwhile is told as failed", async () => {
  const { node, viewer, credentialId, odoo } = await startSync({ partners: 5 });
  odoo.breakWith({ kind: "hang" });
  const answer = node.runs.sync(viewer, { resource: "CONTACTS" }, FOREVER);
  await waitFor(async () => node.runner.activeCount === 1);
  await node.credentials.credentials.delete(viewer, credentialId);
  const reason = "Its credential was deleted";
  expect(await answer).toEqual({ success: false, message: `Odoo contact sync failed: ${reason}`, errors: [reason], run: null });
});

test("what comes of an older version of a credential says nothing of the one that was saved meanwhile", async () => {
  const harness = await startSync({ partners: 5 });
  const { node, viewer, odoo, credentialId } = harness;
  await saveOdooCredential(node, viewer, odoo.url, { password: "wrong" });
  odoo.breakWith({ kind: "slow", delayMs: 300, only: "authenticate" });
  const syncing = syncContacts(harness);
  await waitFor(async () => odoo.countOf("authenticate") === 1);
  await saveOdooCredential(node, viewer, odoo.url);
  expect(await syncing).toMatchObject({ errorCode: "CREDENTIAL_REJECTED" });
  const statusOf = () =>
    node.database.client.credential.findUniqueOrThrow({ where: { id: credentialId }, select: { status: true } });
  expect(await statusOf()).toEqual({ status: "UNTESTED" });
  await node.credentials.credentials.noteOutcome({ id: credentialId, version: 3 }, null);
  expect(await statusOf()).toEqual({ status: "VALID" });
});

test("two runs of an owner work at a time in one process; the third waits, and can be cancelled in the queue", async () => {
  const harness = await startSync({ partners: 5 });
  const { node, viewer, odoo } = harness;
  await saveOdooCredential(node, viewer, odoo.url, { label: "second" });
  await saveOdooCredential(node, viewer, odoo.url, { label: "third" });
  odoo.breakWith({ kind: "hang" });
  const start = (label: string) =>
    node.runs.sync(viewer, { resource: "CONTACTS", credential: { label }, background: true }, FOREVER);
  for (const label of ["default", "second", "third"]) await start(label);
  const statuses = async () => (await node.runs.findPage(viewer, {})).rows.map(({ status }) => status);
  await waitFor(async () => (await statuses()).filter((status) => status === "RUNNING").length === 2);
  await sleep(3 * TEST_TIMES.pollMs);
  expect(await statuses()).toEqual(["QUEUED", "RUNNING", "RUNNING"]);
  for (const { id } of (await node.runs.findPage(viewer, {})).rows) await node.runs.cancel(viewer, id);
  await waitFor(async () => (await statuses()).every((status) => status === "CANCELLED"));
});

test("what is another user's looks as if it were not there", async () => {
  const harness = await startSync({ partners: 5 });
  const { node, viewer, credentialId } = harness;
  await syncContacts(harness);
  const { rows } = await node.runs.findPage(viewer, {});
  const run = rows[0]?.id ?? "";
  const contact = (await node.contacts.findPage(viewer, {})).rows[0]?.id ?? "";
  const stranger = await createViewer(node.database, "grace");
  const refused = (code: string) => expect.objectContaining({ code });
  const notThere = refused("NOT_FOUND");

  expect(await node.contacts.findById(viewer, contact)).toMatchObject({ id: contact });
  for (const id of [contact, makeId("contact"), "nonsense"]) expect(await node.contacts.findById(stranger, id)).toBeNull();
  for (const id of [run, makeId("run"), "nonsense"]) {
    expect(await node.runs.findById(stranger, id)).toBeNull();
    await expect(node.runs.cancel(stranger, id)).rejects.toEqual(notThere);
    await expect(node.runs.watch(stranger, id)).rejects.toEqual(notThere);
  }
  for (const id of [credentialId, makeId("credential"), "nonsense"]) {
    await expect(node.contacts.findPage(stranger, { credential: { id } })).rejects.toEqual(notThere);
    await expect(node.runs.findPage(stranger, { credential: { id } })).rejects.toEqual(notThere);
    await expect(node.runs.sync(stranger, { resource: "CONTACTS", credential: { id } }, FOREVER)).rejects.toEqual(notThere);
  }
  expect((await node.runs.findPage(stranger, {})).rows).toEqual([]);
});

test("lists are read by pages, runs newest first, and refuse cursors and sizes that are none", async () => {
  const harness = await startSync({ partners: 45 });
  const { node, viewer, credentialId } = harness;
  await syncContacts(harness);
  await syncContacts(harness);
  const runs = await node.runs.findPage(viewer, { credential: { id: credentialId }, resource: "CONTACTS", first: 1 });
  expect({ created: runs.rows.map(({ created }) => created), more: runs.hasNextPage, all: await runs.countAll() }).toEqual({
    created: [0],
    more: true,
    all: 2,
  });
  const after = Buffer.from("40").toString("base64url");
  const page = await node.contacts.findPage(viewer, { first: 10, after });
  expect(page.rows.map(({ upstreamId }) => upstreamId)).toEqual([41, 42, 43, 44, 45]);
  const found = await node.contacts.findPage(viewer, { search: "GARCIA 4" });
  expect({ ids: found.rows.map(({ upstreamId }) => upstreamId), all: await found.countAll() }).toEqual({ ids: [40, 45], all: 2 });

  const bad = expect.objectContaining({ code: "BAD_USER_INPUT" });
  await expect(node.contacts.findPage(viewer, { first: 101 })).rejects.toEqual(bad);
  await expect(node.contacts.findPage(viewer, { after: "x" })).rejects.toEqual(bad);
  await expect(node.contacts.findPage(viewer, { after: Buffer.from("no id").toString("base64url") })).rejects.toEqual(bad);
  await expect(node.contacts.findPage(viewer, { search: "x".repeat(201) })).rejects.toEqual(bad);
});

test("a credential whose upstream has nothing to sync is refused", async () => {
  const { node, viewer } = await startSync();
  const fields = [
    { name: "email", value: "a@b.test" },
    { name: "password", value: "secret" },
  ];
  await node.credentials.saving.save(viewer, { connector: "app-login", fields, test: false });
  await expect(
    node.runs.sync(viewer, { resource: "CONTACTS", credential: { connector: "app-login" } }, FOREVER),
  ).rejects.toMatchObject({
    code: "BAD_USER_INPUT",
    field: "credential",
  });
});
