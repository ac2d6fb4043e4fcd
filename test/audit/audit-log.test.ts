import { expect, test, vi } from "vitest";
import { openAuditSecret } from "../../src/audit/audit-key.ts";
import { type ClosableAuditLog, createAuditLog } from "../../src/audit/audit-log.ts";
import { toAuditRecord } from "../../src/audit/audit-record.ts";
import { createGroupCommit } from "../../src/audit/group-commit.ts";
import { verifyTrail } from "../../src/audit/trail-verification.ts";
import type { Database } from "../../src/database/database.ts";
import { makeId, systemClock } from "../../src/identifiers.ts";
import { createEnvelope } from "../../src/keys/envelope.ts";
import { actorOf, entryOf, openAuditLog, readTrail, TEST_AUDIT_SECRET } from "../support/audit.ts";
import { openTestDatabase } from "../support/database.ts";
import { createTestRing } from "../support/key-ring.ts";

const unavailable = { name: "GatewayError", code: "UNAVAILABLE" };

/** The store, with its transactions counted. */
function countTransactions(database: Database): { database: Database; count: () => number } {
  let count = 0;
  const transaction: Database["transaction"] = (work) => {
    count += 1;
    return database.transaction(work);
  };
  return { database: { ...database, transaction }, count: () => count };
}

/** The rows as the store itself keeps them, each value with its type. */
function readStored(database: Database, columns: readonly string[]): Promise<unknown[]> {
  const typeOf = database.provider === "sqlite" ? "typeof" : "pg_typeof";
  const list = columns.map((name) => `"${name}", CAST(${typeOf}("${name}") AS TEXT) AS "type of ${name}"`).join(", ");
  return database.client.$queryRawUnsafe(`SELECT ${list} FROM "AuditEvent"`);
}

test("an event is stored whole before its promise resolves", async () => {
  const database = await openTestDatabase();
  const now = new Date("2026-01-02T03:04:05.678Z");
  const audit = createAuditLog({ database, secret: TEST_AUDIT_SECRET, makeId, clock: { now: () => now } });
  await audit.record({
    actor: actorOf("user_1"),
    action: "CREDENTIAL_REVEALED",
    outcome: "REFUSED",
    target: { type: "Credential", id: "credential_1" },
    ownerId: "user_2",
    details: { connector: "odoo", attempts: 2, isDefault: true, project: null },
  });
  expect(await database.client.auditEvent.findMany({ omit: { id: true } })).toEqual([
    {
      action: "CREDENTIAL_REVEALED",
      outcome: "REFUSED",
      actorType: "USER",
      actorId: "user_1",
      targetType: "Credential",
      targetId: "credential_1",
      ownerId: "user_2",
      ip: "192.0.2.1",
      correlationId: "request of user_1",
      details: '{"connector":"odoo","attempts":2,"isDefault":true,"project":null}',
      createdAt: now,
      chainId: expect.stringMatching(/^chain_/),
      sequence: 1,
      mac: expect.stringMatching(/^[\w-]{43}$/),
    },
  ]);
});

test("an event recorded alone is stored as the same event beside a write is", async () => {
  const database = await openTestDatabase();
  const now = new Date("2026-01-02T03:04:05.678Z");
  const entry = { ...entryOf("user_1"), target: { type: "Credential", id: "credential_1" } } as const;
  const clock = { now: () => now };
  const audit = createAuditLog({ database, secret: TEST_AUDIT_SECRET, makeId: (kind) => `${kind}_x`, clock });
  const columns = Object.keys(database.client.auditEvent.fields);
  await audit.record(entry);
  const alone = await readStored(database, columns);
  await database.client.auditEvent.deleteMany();
  const beside = createAuditLog({ database, secret: TEST_AUDIT_SECRET, makeId: (kind) => `${kind}_x`, clock });
  await database.transaction((transaction) => beside.append(transaction, entry));
  expect(alone).toHaveLength(1);
  expect(await readStored(database, columns)).toEqual(alone);
});

test("what an entry leaves out is SUCCEEDED, about no target, and the actor's own", async () => {
  const database = await openTestDatabase();
  await openAuditLog(database).record({ actor: actorOf("user_1"), action: "USER_SIGNED_IN" });
  expect(await database.client.auditEvent.findFirstOrThrow()).toMatchObject({
    outcome: "SUCCEEDED",
    targetType: null,
    targetId: null,
    ownerId: "user_1",
    details: "{}",
  });
});

test("two thousand events recorded at once are all stored, in their order, in a few transactions", async () => {
  const counted = countTransactions(await openTestDatabase());
  const audit = openAuditLog(counted.database);
  const users = Array.from({ length: 2_000 }, (_, index) => `user_${index}`);
  await Promise.all(users.map((user) => audit.record(entryOf(user))));
  expect(await readTrail(counted.database)).toEqual(users.map((user) => `CREDENTIAL_TESTED by ${user}`));
  expect(counted.count()).toBeLessThanOrEqual(5);
});

test("what comes while a commit is under way goes into the next one together", async () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const commits: (readonly number[])[] = [];
  const commit = async (items: readonly number[]) => {
    commits.push(items);
    await gate;
  };
  const group = createGroupCommit<number>({ commit, maxBatch: 60, maxWaiting: 1_000, refuse: () => new Error("full") });
  const first = group.add(0);
  await vi.waitFor(() => expect(commits).toEqual([[0]]));
  const others = Array.from({ length: 100 }, (_, index) => group.add(index + 1));
  open();
  await Promise.all([first, ...others]);
  expect(commits.map((items) => items.length)).toEqual([1, 60, 40]);
});

test("a store that cannot be written rejects with UNAVAILABLE, keeps nothing, and is used again when it is back", async () => {
  const database = await openTestDatabase();
  const audit = openAuditLog(database);
  await database.client.$executeRaw`ALTER TABLE "AuditEvent" RENAME TO "AuditEventAway"`;
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => audit.record(entryOf(`user_${index}`))));
  for (const result of results) expect(result).toMatchObject({ status: "rejected", reason: unavailable });
  await database.client.$executeRaw`ALTER TABLE "AuditEventAway" RENAME TO "AuditEvent"`;
  await audit.record(entryOf("user_after"));
  expect(await readTrail(database)).toEqual(["CREDENTIAL_TESTED by user_after"]);
});

test("more events than may wait are refused with UNAVAILABLE, and those that wait are stored", async () => {
  const database = await openTestDatabase();
  const audit = openAuditLog(database, 10);
  const results = await Promise.allSettled(Array.from({ length: 15 }, (_, index) => audit.record(entryOf(`user_${index}`))));
  expect(results.map(({ status }) => status)).toEqual([...Array(10).fill("fulfilled"), ...Array(5).fill("rejected")]);
  for (const result of results.slice(10)) expect(result).toMatchObject({ reason: unavailable });
  expect((await readTrail(database)).length).toBe(10);
});

test("closing waits for what was recorded and refuses what comes after", async () => {
  const database = await openTestDatabase();
  const audit = openAuditLog(database);
  const settled: string[] = [];
  const recorded = Array.from({ length: 50 }, (_, index) =>
    audit.record(entryOf(`user_${index}`)).then(() => settled.push("stored")),
  );
  await audit.close();
  await Promise.all(recorded);
  expect([settled.length, (await readTrail(database)).length]).toEqual([50, 50]);
  await expect(audit.record(entryOf("user_late"))).rejects.toMatchObject(unavailable);
});

test("an appended event is stored with the write beside it, or not at all", async () => {
  const database = await openTestDatabase();
  const audit = openAuditLog(database);
  const write = (holder: string, isFailing: boolean) =>
    database.transaction(async (transaction) => {
      await audit.append(transaction, entryOf(holder));
      await transaction.lease.create({ data: { name: holder, holder, fencingToken: 1, expiresAt: systemClock.now() } });
      if (isFailing) throw new Error("The write fails");
    });
  await write("user_kept", false);
  await expect(write("user_lost", true)).rejects.toThrow("The write fails");
  expect(await readTrail(database)).toEqual(["CREDENTIAL_TESTED by user_kept"]);
  expect((await database.client.lease.findMany()).map(({ name }) => name)).toEqual(["user_kept"]);
});

test("no text can forge a line of the trail, and what is no scalar is left out", async () => {
  const database = await openTestDatabase();
  const details = {
    name: "a\nb\0\u202e\u2028\ud800",
    long: "x".repeat(10_000),
    body: Buffer.from("secret") as unknown as string,
  };
  const actor = { type: "ANONYMOUS", id: null, origin: { ip: "1\r\n2", correlationId: "c\u001b[2J" } } as const;
  await openAuditLog(database).record({ actor, action: "USER_SIGNED_IN", target: { type: "User", id: "u\0" }, details });
  const event = await database.client.auditEvent.findFirstOrThrow();
  expect(event).toMatchObject({ targetId: "u\\u{0}", ip: "1\\u{d}\\u{a}2", correlationId: "c\\u{1b}[2J", ownerId: null });
  expect(JSON.parse(event.details)).toEqual({
    name: "a\\u{a}b\\u{0}\\u{202e}\\u{2028}\\u{d800}",
    long: "x".repeat(500),
    body: "(left out: not a scalar)",
  });
});

/** The sequences of every chain, and how many chains there are. */
async function readSequences({ client }: Database) {
  const events = await client.auditEvent.findMany({ orderBy: [{ chainId: "asc" }, { sequence: "asc" }] });
  const chains = new Map<string, (number | null)[]>();
  for (const { chainId, sequence } of events) chains.set(String(chainId), [...(chains.get(String(chainId)) ?? []), sequence]);
  return { count: events.length, chains: [...chains.values()] };
}

test("a hundred transactions of two nodes, some rolled back, leave chains without gap or fork beside recorded events", async () => {
  const database = await openTestDatabase();
  const nodes = [openAuditLog(database), openAuditLog(database)];
  const write = (audit: ClosableAuditLog, index: number) =>
    database.transaction(async (transaction) => {
      await Promise.all([audit.append(transaction, entryOf(`user_${index}`)), audit.append(transaction, entryOf("user_too"))]);
      if (index % 5 === 0) throw new Error("The write fails");
    });
  // Each in a row of its own, as many at once as a node has connections.
  const workers = Array.from({ length: 10 }, async (_, worker) => {
    const results: PromiseSettledResult<void>[] = [];
    for (const audit of nodes)
      for (let index = 0; index < 5; index += 1) {
        results.push(...(await Promise.allSettled([write(audit, index), audit.record(entryOf(`alone_${worker}_${index}`))])));
      }
    return results.filter(({ status }) => status === "rejected").length;
  });
  expect(await Promise.all(workers)).toEqual(Array.from({ length: 10 }, () => 2));
  const { count, chains } = await readSequences(database);
  expect(count).toBe(2 * 80 + 100);
  for (const sequences of chains) expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  expect(await verifyTrail({ database, secret: TEST_AUDIT_SECRET, headsFile: null })).toMatchObject({ events: 260, faults: [] });
}, 60_000);

test("events from before there were chains are signed for, so that none can be added, changed or removed among them", async () => {
  const database = await openTestDatabase();
  const old = (id: string) => toAuditRecord(entryOf(id), { makeId, clock: systemClock });
  await database.client.auditEvent.createMany({ data: [old("user_1"), old("user_2")] });
  const secret = await openAuditSecret({ database, envelope: createEnvelope(createTestRing()), makeId, clock: systemClock });
  const judge = () => verifyTrail({ database, secret, headsFile: null });
  expect(await judge()).toMatchObject({ events: 2, faults: [] });
  await database.client.auditEvent.create({ data: old("user_forged") });
  expect(await judge()).toMatchObject({ faults: [{ kind: "UNCHAINED", sequence: 3 }] });
  await database.client.auditEvent.deleteMany({ where: { actorId: "user_forged" } });
  await database.client.auditEvent.updateMany({ where: { actorId: "user_1" }, data: { outcome: "FAILED" } });
  expect(await judge()).toMatchObject({ faults: [{ kind: "UNCHAINED", sequence: 2 }] });
});
