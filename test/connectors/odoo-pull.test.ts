import { describe, expect, test } from "vitest";
import type { PullReader } from "../../src/connectors/connector.ts";
import { adminFields, createTestConnector, failureOf, startOdooForTest } from "../support/odoo-connector.ts";
import { ADMIN, ADMIN_API_KEY, type OdooServer } from "../support/odoo-server.ts";

const { pull } = createTestConnector(5_000);
const signal = new AbortController().signal;

function openContacts(server: OdooServer, password = "admin") {
  if (pull?.contacts === undefined) throw new Error("The connector reads no contacts");
  return pull.contacts(adminFields(server.url, { password }), { signal });
}

function openProducts(server: OdooServer) {
  if (pull?.products === undefined) throw new Error("The connector reads no products");
  return pull.products(adminFields(server.url), { signal });
}

async function readAll<Row extends { upstreamId: number }>(reader: PullReader<Row>, changedSince: string | null, limit: number) {
  const rows: Row[] = [];
  for (;;) {
    const page = await reader.page({ changedSince, afterId: rows.at(-1)?.upstreamId ?? 0, limit });
    rows.push(...page);
    if (page.length < limit) return rows;
  }
}

/** A clock at the given second and its 780,067 microseconds, which the wire never shows. */
function clockAt(time: string) {
  const clock = { time };
  return { clock, read: () => Date.parse(`${clock.time}.780Z`) };
}

test.each(["admin", ADMIN_API_KEY])("who read a moment ago signs in by %s no more until a read fails", async (password) => {
  const server = await startOdooForTest({ partners: 3 });
  const signIns = () => ["version", "authenticate", "context_get", "fields_get"].map((method) => server.countOf(method));
  await (await openContacts(server, password)).count(null);
  const before = signIns();
  const reader = await openContacts(server, password);
  expect((await reader.page({ changedSince: null, afterId: 0, limit: 10 })).length).toBe(3);
  expect(signIns()).toEqual(before);
  await failureOf(openContacts(server, "another password"));
  expect(server.countOf("authenticate")).toBe(2);
  server.breakWith({ kind: "html", status: 500 });
  expect(await failureOf(reader.count(null))).toMatchObject({ code: "UNREACHABLE" });
  server.heal();
  await openContacts(server, password);
  expect(server.countOf("authenticate")).toBe(3);
});

describe("contacts", () => {
  test("a text without an end is kept to its first thousand characters", async () => {
    const server = await startOdooForTest();
    server.partners.create([{ name: "n".repeat(100_000), email: "e".repeat(1_000), phone: "1".repeat(1_001) }]);
    const [row] = await readAll(await openContacts(server), null, 10);
    expect([row?.name, row?.email, row?.phone]).toEqual(["n".repeat(1_000), "e".repeat(1_000), "1".repeat(1_000)]);
  });

  test("a text that is cut where a character takes two units is kept without half of it", async () => {
    const server = await startOdooForTest();
    server.partners.create([{ name: `${"n".repeat(999)}😀!`, email: `${"e".repeat(998)}😀!` }]);
    const [row] = await readAll(await openContacts(server), null, 10);
    expect([row?.name, row?.email]).toEqual(["n".repeat(999), `${"e".repeat(998)}😀`]);
  });

  test.each([14, 17, 19] as const)("come as typed rows from Odoo %i, empty ones as null", async (edition) => {
    const { read } = clockAt("2026-11-20T23:09:54");
    const server = await startOdooForTest({ edition, clock: read });
    const mobile: Record<string, string> = edition === 19 ? {} : { mobile: "+34 699" };
    server.partners.create([
      { name: "Ana", email: "ana@example.test", phone: "+34 600", is_company: false },
      { name: false, display_name: "Acme, Delivery", email: "", phone: false, is_company: true, active: false, ...mobile },
      { name: false, display_name: false, email: "only@example.test" },
    ]);
    const updatedAt = new Date("2026-11-20T23:09:54Z");
    const reader = await openContacts(server);
    expect(await reader.page({ changedSince: null, afterId: 0, limit: 10 })).toEqual([
      { upstreamId: 1, name: "Ana", email: "ana@example.test", phone: "+34 600", isCompany: false, isActive: true, updatedAt },
      {
        upstreamId: 2,
        name: "Acme, Delivery",
        email: null,
        phone: edition === 19 ? null : "+34 699",
        isCompany: true,
        isActive: false,
        updatedAt,
      },
      {
        upstreamId: 3,
        name: "only@example.test",
        email: "only@example.test",
        phone: null,
        isCompany: false,
        isActive: true,
        updatedAt,
      },
    ]);
  });

  test.each([
    [14, "admin"],
    [19, "admin"],
    [19, ADMIN_API_KEY],
  ] as const)("are read once each, page by page, from Odoo %i", async (edition, password) => {
    const server = await startOdooForTest({ edition, partners: 1_234 });
    server.partners.unlink([500, 501]);
    const reader = await openContacts(server, password);
    const rows = await readAll(reader, null, 100);
    expect(rows.map(({ upstreamId }) => upstreamId)).toEqual(await reader.ids(0, 5_000));
    expect([rows.length, await reader.count(null)]).toEqual([1_232, 1_232]);
    expect(server.requests.at(-1)).toMatchObject({ endpoint: password === "admin" ? "/jsonrpc" : "/json/2" });
  });

  test.each([14, 17, 19] as const)("that changed in or after a second are found on Odoo %i, to the second", async (edition) => {
    const { clock, read } = clockAt("2026-11-20T23:09:53");
    const server = await startOdooForTest({ edition, clock: read, partners: 5 });
    clock.time = "2026-11-20T23:09:54";
    server.partners.touch([2]);
    server.partners.archive([4]);
    const reader = await openContacts(server);
    const idsSince = async (since: string) => (await readAll(reader, since, 2)).map(({ upstreamId }) => upstreamId);
    expect(await idsSince("2026-11-20 23:09:54")).toEqual([2, 4]);
    expect(await idsSince("2026-11-20 23:09:55")).toEqual([]);
    expect(await reader.count("2026-11-20 23:09:54")).toBe(2);
  });

  test("of a transaction that commits late carry its start, behind what was read already", async () => {
    const { clock, read } = clockAt("2026-11-20T23:24:03");
    const server = await startOdooForTest({ clock: read });
    const late = server.partners.begin();
    late.create([{ name: "Late" }]);
    clock.time = "2026-11-20T23:24:05";
    server.partners.create([{ name: "Quick" }]);
    const reader = await openContacts(server);
    expect((await readAll(reader, null, 10)).map(({ name }) => name)).toEqual(["Quick"]);
    late.commit();
    expect((await readAll(reader, "2026-11-20 23:24:05", 10)).map(({ name }) => name)).toEqual(["Quick"]);
    expect((await readAll(reader, "2026-11-20 23:22:05", 10)).map(({ name }) => name)).toEqual(["Late", "Quick"]);
  });

  test("are named by server and database, however the URL is written", async () => {
    const server = await startOdooForTest({ databases: ["odoo_db", "second"] });
    const read = async (url: string, database: string) =>
      (await pull?.contacts?.(adminFields(url, { database }), { signal }))?.upstreamKey;
    expect(await read(server.url, "odoo_db")).toBe(`${server.url}|odoo_db|res.partner`);
    expect(await read(`${server.url}/web/`, "odoo_db")).toBe(`${server.url}|odoo_db|res.partner`);
    expect(await read(server.url, "second")).toBe(`${server.url}|second|res.partner`);
  });

  test("are read although an addon breaks fields_get", async () => {
    const server = await startOdooForTest({ partners: 3 });
    server.breakWith({ kind: "addon-error", only: "fields_get" });
    expect(await readAll(await openContacts(server), null, 2)).toHaveLength(3);
  });

  test("sign in once, however many pages follow", async () => {
    const server = await startOdooForTest({ partners: 300 });
    await readAll(await openContacts(server), null, 50);
    expect([server.countOf("authenticate"), server.countOf("search_read")]).toEqual([1, 7]);
  });
});

describe("products", () => {
  test.each([14, 19] as const)("come as typed rows from Odoo %i, the price as decimal text", async (edition) => {
    const { read } = clockAt("2026-11-20T23:09:54");
    const server = await startOdooForTest({ edition, clock: read });
    server.products.create([
      { name: "Chair", default_code: "CH-1", lst_price: 79.5 },
      { name: "Ore", lst_price: 1e21, active: false },
      { name: "Grain", lst_price: 1e-7 },
      { name: "Gift" },
    ]);
    const updatedAt = new Date("2026-11-20T23:09:54Z");
    const row = { sku: null, isActive: true, updatedAt };
    expect(await readAll(await openProducts(server), null, 3)).toEqual([
      { ...row, upstreamId: 1, name: "Chair", sku: "CH-1", price: "79.5" },
      { ...row, upstreamId: 2, name: "Ore", price: "1000000000000000000000", isActive: false },
      { ...row, upstreamId: 3, name: "Grain", price: "0.0000001" },
      { ...row, upstreamId: 4, name: "Gift", price: "0" },
    ]);
  });

  test.each([14, 17, 19] as const)("whose template changed are found on Odoo %i", async (edition) => {
    const { clock, read } = clockAt("2026-11-20T23:09:53");
    const server = await startOdooForTest({ edition, clock: read, products: 3 });
    clock.time = "2026-11-20T23:10:00";
    server.products.writeTemplate([2], { lst_price: 99 });
    const changed = await readAll(await openProducts(server), "2026-11-20 23:10:00", 10);
    expect(changed.map(({ upstreamId, price }) => [upstreamId, price])).toEqual([[2, "99"]]);
  });

  test("cannot be read where the app is not installed, and the error says so", async () => {
    const server = await startOdooForTest({ products: null });
    expect(await failureOf(openProducts(server))).toEqual({
      code: "UNEXPECTED_RESPONSE",
      stage: "READ",
      message: "Odoo has no products (product.product): the app that brings them is not installed.",
    });
  });
});

describe("a reader whose server fails", () => {
  test("passes a refusal on as it is: access taken away, key deleted, cooldown", async () => {
    const user = { ...ADMIN, deniedModels: [] as string[] };
    const server = await startOdooForTest({ edition: 14, users: [user], partners: 3 });
    const reader = await openContacts(server);
    user.deniedModels.push("res.partner");
    expect(await failureOf(reader.count(null))).toEqual({
      code: "PERMISSION_MISSING",
      stage: "READ",
      message: "The Odoo user may not read contacts (res.partner).",
    });
    for (let n = 0; n < 10; n++) await failureOf(openContacts(server, "wrong"));
    expect(await failureOf(reader.count(null))).toEqual({
      code: "RATE_LIMITED",
      stage: "READ",
      message: "Odoo refuses all logins from here for a minute, because too many failed (“Too many login failures”).",
      retryAfterSeconds: 60,
    });
  });

  test("is UNREACHABLE while PostgreSQL is away, over every protocol, and goes on afterwards", async () => {
    for (const [edition, password] of [
      [14, "admin"],
      [19, "admin"],
      [19, ADMIN_API_KEY],
    ] as const) {
      const server = await startOdooForTest({ edition, partners: 3 });
      const reader = await openContacts(server, password);
      server.breakWith({ kind: "database-down" });
      expect(await failureOf(reader.page({ changedSince: null, afterId: 0, limit: 2 }))).toMatchObject({
        code: "UNREACHABLE",
        stage: "READ",
      });
      server.heal();
      expect(await reader.ids(0, 10)).toEqual([1, 2, 3]);
    }
  });

  test("sends a page once only, whatever happens to it", async () => {
    const server = await startOdooForTest({ partners: 3 });
    const reader = await openContacts(server);
    for (const kind of ["reset", "reset-in-body", "html", "pool-error"] as const) {
      server.breakWith({ kind });
      const before = server.countOf("search_read");
      await failureOf(reader.page({ changedSince: null, afterId: 0, limit: 2 }));
      expect(server.countOf("search_read") - before).toBe(1);
    }
  });

  test("refuses a limit of 0, which Odoo reads as no limit", async () => {
    const server = await startOdooForTest({ partners: 3 });
    const reader = await openContacts(server);
    expect((await failureOf(reader.page({ changedSince: null, afterId: 0, limit: 0 }))).code).toBe("UNEXPECTED_RESPONSE");
    expect(server.countOf("search_read")).toBe(0);
  });
});
