import { expect, test } from "vitest";
import type { ContactRow } from "../../src/connectors/connector.ts";
import type { Database } from "../../src/database/database.ts";
import type { ContactModel } from "../../src/database/generated/sqlite/models.ts";
import { makeId } from "../../src/identifiers.ts";
import { createContactRepository } from "../../src/sync/contact.repository.ts";
import { BY_ID, parsePlace, placeKeyOf, type RowOrder } from "../../src/sync/row-order.ts";
import { openTestDatabase } from "../support/database.ts";
import { createViewer } from "../support/sync.ts";

const FIRST = new Date("2026-11-20T10:00:00.000Z");
const LATER = new Date("2026-11-20T11:00:00.250Z");

function contact(upstreamId: number, change: Partial<ContactRow> = {}): ContactRow {
  const texts = { name: `Contact ${upstreamId}`, email: `c${upstreamId}@example.test`, phone: null };
  return { upstreamId, ...texts, isCompany: false, isActive: true, updatedAt: FIRST, ...change };
}

async function storeCredential(database: Database): Promise<string> {
  const { id: ownerId } = await createViewer(database, makeId("user"));
  const id = makeId("credential");
  const names = { connectorId: "odoo", project: "", label: "default" };
  const times = { createdAt: FIRST, updatedAt: FIRST };
  await database.client.credential.create({
    data: { id, ownerId, ownerKey: ownerId, ...names, status: "VALID", version: 1, ...times },
  });
  return id;
}

async function openContacts() {
  const database = await openTestDatabase();
  const contacts = createContactRepository(database);
  const credentialId = await storeCredential(database);
  const upsert = (rows: readonly ContactRow[], at: Date) =>
    database.transact((transaction) => contacts.upsert(transaction, credentialId, rows, at));
  return { database, contacts, credentialId, upsert };
}

/** How a statement would be run. A table so small is soonest read as a whole: PostgreSQL is kept from those ways. */
async function planOf(database: Database, without: readonly string[], statement: string): Promise<string> {
  const isSqlite = database.provider === "sqlite";
  const plan = await database.transaction(async (transaction) => {
    for (const way of isSqlite ? [] : without) await transaction.$executeRawUnsafe(`SET LOCAL enable_${way} = off`);
    return transaction.$queryRawUnsafe(`${isSqlite ? "EXPLAIN QUERY PLAN" : "EXPLAIN (FORMAT JSON)"} ${statement}`);
  });
  return JSON.stringify(plan, (_, value) => (typeof value === "bigint" ? String(value) : value));
}

const texts = (rows: readonly ContactModel[]) => rows.map(({ name }) => name);

test("a page is written as Prisma would write it, to the byte", async () => {
  const { database, credentialId, upsert } = await openContacts();
  await upsert([contact(1, { name: "Raw", isCompany: true, isActive: false })], LATER);
  const raw = await database.client.contact.findFirstOrThrow();
  const id = makeId("contact");
  await database.client.contact.create({ data: { ...raw, id, upstreamId: 2 } });

  expect(raw).toEqual({
    id: expect.stringMatching(/^contact_/),
    credentialId,
    upstreamId: 1,
    name: "Raw",
    email: "c1@example.test",
    phone: null,
    isCompany: true,
    isActive: false,
    searchText: "raw\nc1@example.test",
    sortName: "raw",
    upstreamUpdatedAt: FIRST,
    syncedAt: LATER,
  });
  const [first, second] = await database.client.$queryRawUnsafe<Record<string, unknown>[]>(
    'SELECT CAST("isCompany" AS TEXT) AS company, CAST("isActive" AS TEXT) AS active, CAST("upstreamUpdatedAt" AS TEXT) AS updated, CAST("syncedAt" AS TEXT) AS synced FROM "Contact" ORDER BY "upstreamId"',
  );
  expect(first).toEqual(second);
  expect(await database.client.contact.count({ where: { syncedAt: { gte: LATER }, upstreamUpdatedAt: FIRST } })).toBe(2);
});

test("a row counts as created or updated only when that is what happened to it, and keeps its id", async () => {
  const { database, upsert } = await openContacts();
  expect(await upsert([contact(1), contact(2), contact(3)], FIRST)).toEqual({ created: 3, updated: 0 });
  const before = await database.client.contact.findMany({ orderBy: { upstreamId: "asc" } });
  const page = [contact(1), contact(2, { phone: "1" }), contact(3, { updatedAt: LATER }), contact(4)];
  expect(await upsert(page, LATER)).toEqual({ created: 1, updated: 2 });
  const after = await database.client.contact.findMany({ orderBy: { upstreamId: "asc" } });
  expect(after.slice(0, 3).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  expect(after.map(({ syncedAt }) => syncedAt)).toEqual([FIRST, LATER, LATER, LATER]);
});

test("a text that PostgreSQL cannot store is stored without what it cannot", async () => {
  const { database, upsert } = await openContacts();
  await upsert([contact(1, { name: "a\0b \ud83d c 😀" })], FIRST);
  expect((await database.client.contact.findFirstOrThrow()).name).toBe("ab \ufffd c 😀");
});

test("search finds literal text whatever its case and accents, page by page, within one credential", async () => {
  const { database, contacts, credentialId, upsert } = await openContacts();
  await upsert(
    [
      contact(1, { name: "José García" }),
      contact(2, { name: "100% Wool" }),
      contact(3, { name: "100 Wool" }),
      contact(4, { name: "a_b" }),
      contact(5, { name: "axb" }),
      contact(6, { name: "JOSE\\GARCIA" }),
      contact(7, { name: "Zoë", phone: "+34 600 1" }),
    ],
    FIRST,
  );
  const otherId = await storeCredential(database);
  await database.transact((transaction) => contacts.upsert(transaction, otherId, [contact(1, { name: "José" })], FIRST));
  const find = async (search: string | null, take = 10, afterId = 0) => {
    const from = { order: BY_ID, after: { value: "", upstreamId: afterId } };
    const rows = await contacts.findPage(credentialId, search, take, from);
    return { names: texts(rows), count: await contacts.count(credentialId, search) };
  };

  expect(await find("JOSE")).toEqual({ names: ["José García", "JOSE\\GARCIA"], count: 2 });
  expect(await find("jósé", 1)).toEqual({ names: ["José García"], count: 2 });
  expect(await find("jósé", 1, 1)).toEqual({ names: ["JOSE\\GARCIA"], count: 2 });
  expect(await find("100%")).toEqual({ names: ["100% Wool"], count: 1 });
  expect(await find("a_b")).toEqual({ names: ["a_b"], count: 1 });
  expect(await find("e\\g")).toEqual({ names: ["JOSE\\GARCIA"], count: 1 });
  expect(await find("zoe +34")).toEqual({ names: [], count: 0 });
  expect(await find("' OR 1=1 --")).toEqual({ names: [], count: 0 });
  expect(await find(" ")).toMatchObject({ count: 7 });
  expect(await find(null, 2, 5)).toEqual({ names: ["JOSE\\GARCIA", "Zoë"], count: 7 });
});

/** What has the shape of a time and is none: PostgreSQL would fail on it. */
const NO_TIMES = ["9999-99-99T99:99:99.999+00:00", "2026-02-30T25:00:00.000+00:00", "0000-01-01T00:00:00.000+00:00"];

test("rows come in the order of names or times, either way, page by page without a row twice or none, from an index", async () => {
  const { database, contacts, credentialId, upsert } = await openContacts();
  const names = ["zoe", "Ángel", "angel", "Bob", "\u{1f600}", "", "zoe", "x".repeat(3_000), "Éva", "eve"];
  const rows = names.map((name, at) => contact(at + 1, { name, updatedAt: new Date(FIRST.getTime() + (at % 3) * 1_500) }));
  await upsert(rows, LATER);
  const walk = async (order: RowOrder, search: string | null = null) => {
    const ids: number[] = [];
    for (let after: ReturnType<typeof parsePlace> = null; ; ) {
      const page = await contacts.findPage(credentialId, search, 3, { order, after });
      ids.push(...page.map(({ upstreamId }) => upstreamId));
      const last = page.at(-1);
      if (last === undefined) return ids;
      after = parsePlace(placeKeyOf(last, order), order);
    }
  };
  const byName = [6, 2, 3, 4, 9, 10, 8, 1, 7, 5];
  expect(await walk({ sort: "NAME", direction: "ASC" })).toEqual(byName);
  expect(await walk({ sort: "NAME", direction: "DESC" })).toEqual([...byName].reverse());
  expect(await walk({ sort: "UPDATED", direction: "ASC" })).toEqual([1, 4, 7, 10, 2, 5, 8, 3, 6, 9]);
  expect(await walk({ sort: "UPDATED", direction: "DESC" })).toEqual([9, 6, 3, 8, 5, 2, 10, 7, 4, 1]);
  expect(await walk({ sort: "ID", direction: "DESC" })).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  expect(await walk({ sort: "NAME", direction: "DESC" }, "zoe")).toEqual([7, 1]);
  for (const key of ['["NAME","a",1]', ...NO_TIMES.map((text) => JSON.stringify(["UPDATED", text, 1]))])
    expect(() => parsePlace(key, { sort: "UPDATED", direction: "ASC" })).toThrow("after is not a cursor");
  for (const column of ["sortName", "upstreamUpdatedAt"]) {
    const plan = await planOf(
      database,
      ["seqscan", "bitmapscan", "sort"],
      `SELECT "upstreamId" FROM "Contact" WHERE "credentialId" = 'c' AND ("${column}", "upstreamId") < ('2026-11-20', 1)
       ORDER BY "${column}" DESC, "upstreamId" DESC LIMIT 3`,
    );
    expect(plan).toMatch(new RegExp(`^(?!.*(TEMP B-TREE|"Sort")).*Contact_credentialId_${column}_upstreamId_idx`));
  }
});

test("a search reads an index and not the rows that it does not find, in every order and for the count", async () => {
  const { database } = await openContacts();
  const isSqlite = database.provider === "sqlite";
  // An empty table has one credential in mind sooner than a text: PostgreSQL is asked for the text alone.
  const found = isSqlite ? `"credentialId" = 'c' AND instr("searchText", 'zoe') > 0` : `"searchText" LIKE '%zoe%'`;
  const page = (order: string) => `SELECT "upstreamId" FROM "Contact" WHERE ${found} ORDER BY ${order} LIMIT 3`;
  const statements = [
    page('"upstreamId"'),
    page('"sortName" DESC, "upstreamId" DESC'),
    page('"upstreamUpdatedAt", "upstreamId"'),
    `SELECT count(*) FROM "Contact" WHERE ${found}`,
  ];
  const plans = await Promise.all(statements.map((statement) => planOf(database, ["seqscan", "indexscan"], statement)));
  const index = isSqlite ? "USING COVERING INDEX" : "Contact_search_idx";
  expect(plans).toEqual(plans.map(() => expect.stringContaining(index)));
});

test("stored ids come in chunks between two bounds, and are deleted by id", async () => {
  const { database, contacts, credentialId, upsert } = await openContacts();
  await upsert(
    Array.from({ length: 50 }, (_, index) => contact(index + 1)),
    FIRST,
  );
  const deleted = await database.transact((transaction) => contacts.delete(transaction, credentialId, [10, 11, 999]));
  expect(deleted).toBe(2);
  const chunks: (readonly number[])[] = [];
  for await (const chunk of contacts.storedIds(credentialId, 8, 13)) chunks.push(chunk);
  expect(chunks).toEqual([[9, 12, 13]]);
});
