import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { ContactRow, FieldValues, PullReader } from "../../src/connectors/connector.ts";
import { createTestConnector, failureOf } from "../support/odoo-connector.ts";
import { askAsAdmin, controlOdoo, readCredentials, seedPartners } from "./real-odoo.ts";

const SEEDED = 10_000;
const credential = readCredentials();
const connector = createTestConnector(30_000);
const signal = new AbortController().signal;
const everyone = { context: { active_test: false } };

function fields(username: string, password: string, database = credential("ODOO_DB")): FieldValues {
  return { url: credential("ODOO_URL"), database, username, password };
}
const admin = () => fields(credential("ODOO_LOGIN"), credential("ODOO_PASSWORD"));
const syncUser = () => fields(credential("ODOO_SYNC_LOGIN"), credential("ODOO_SYNC_API_KEY"));

async function openContacts(values: FieldValues): Promise<PullReader<ContactRow>> {
  if (connector.pull?.contacts === undefined) throw new Error("The connector reads no contacts");
  return connector.pull.contacts(values, { signal });
}

async function readAll(reader: PullReader<ContactRow>, changedSince: string | null, limit: number): Promise<ContactRow[]> {
  const rows: ContactRow[] = [];
  for (;;) {
    const page = await reader.page({ changedSince, afterId: rows.at(-1)?.upstreamId ?? 0, limit });
    rows.push(...page);
    if (page.length < limit) return rows;
  }
}

/** The second that comes next, as a time of the server: what is written from then on is written at or after it. */
async function waitForNextSecond(): Promise<string> {
  const next = Math.floor(Date.now() / 1000 + 1) * 1000;
  await new Promise((resolve) => setTimeout(resolve, next - Date.now() + 5));
  return new Date(next).toISOString().slice(0, 19).replace("T", " ");
}

async function seededIds(): Promise<number[]> {
  const domain = [["ref", "=like", "SEED-%"]];
  return (await askAsAdmin("res.partner", "search", [domain], { order: "id", ...everyone })) as number[];
}

describe("the connection test", () => {
  const active = (model: string) => askAsAdmin(model, "search_count", [[]]);

  test("passes with a password over JSON-RPC and with an API key over JSON-2", async () => {
    const contact_count = String(await active("res.partner"));
    const product_count = String(await active("product.product"));
    const [byPassword, byKey] = [await connector.test(admin(), { signal }), await connector.test(syncUser(), { signal })];
    expect(byPassword.details).toEqual({
      odoo_uid: "2",
      contact_count,
      product_count,
      server_version: "19.0",
      protocol: "JSON-RPC",
    });
    expect(byKey.details).toMatchObject({ contact_count, server_version: "19.0", protocol: "JSON-2" });
  });

  test("refuses a wrong password, an unknown login and another user's key, and names an unknown database", async () => {
    const rejected = { code: "CREDENTIAL_REJECTED", stage: "AUTHENTICATE", message: "Invalid Odoo credentials" };
    const login = credential("ODOO_LOGIN");
    for (const wrong of [fields(login, "wrong"), fields("nobody", "wrong"), fields(login, credential("ODOO_SYNC_API_KEY"))]) {
      expect(await failureOf(connector.test(wrong, { signal }))).toMatchObject(rejected);
    }
    const elsewhere = fields(login, credential("ODOO_PASSWORD"), "no_such_db");
    expect(await failureOf(connector.test(elsewhere, { signal }))).toEqual({
      code: "INVALID_FIELDS",
      stage: "AUTHENTICATE",
      message: "Odoo has no database “no_such_db” at this URL.",
    });
  });

  test("refuses a two-factor account's password with the advice to use an API key, and takes the key", async () => {
    const login = credential("ODOO_TOTP_LOGIN");
    const byPassword = connector.test(fields(login, credential("ODOO_TOTP_PASSWORD")), { signal });
    expect((await failureOf(byPassword)).hint).toMatch(/two-factor authentication, Odoo takes an API key/);
    const byKey = await connector.test(fields(login, credential("ODOO_TOTP_API_KEY")), { signal });
    expect(byKey.details.protocol).toBe("JSON-2");
  });

  test("passes for an internal user without further rights", async () => {
    const report = await connector.test(fields(credential("ODOO_LIMITED_LOGIN"), credential("ODOO_LIMITED_PASSWORD")), {
      signal,
    });
    expect(Object.keys(report.details)).toEqual(["odoo_uid", "contact_count", "product_count", "server_version", "protocol"]);
  });

  test("of a portal user leaves out the products it may not read, and a product sync names what is missing", async () => {
    const portal = await createPortalUser();
    const report = await connector.test(portal, { signal });
    expect(Object.keys(report.details)).toEqual(["odoo_uid", "contact_count", "server_version", "protocol"]);
    expect(await failureOf(Promise.resolve(connector.pull?.products?.(portal, { signal })).then((r) => r?.count(null)))).toEqual({
      code: "PERMISSION_MISSING",
      stage: "READ",
      message: "The Odoo user may not read products (product.product).",
    });
  });

  test("is a TIMEOUT while the server hangs, and passes again afterwards", async () => {
    const hasty = createTestConnector(1_500);
    await controlOdoo("freeze");
    try {
      expect(await failureOf(hasty.test(admin(), { signal }))).toMatchObject({ code: "TIMEOUT", stage: "AUTHENTICATE" });
    } finally {
      await controlOdoo("thaw");
    }
    expect((await connector.test(admin(), { signal })).stage).toBe("READ");
  });
});

describe("a reader", () => {
  beforeAll(() => seedPartners("create", "--count", String(SEEDED)));

  test.each([
    ["JSON-RPC", admin],
    ["JSON-2", syncUser],
  ])("gives every partner once over %s, archived ones too", async (_, values) => {
    const reader = await openContacts(values());
    const rows = await readAll(reader, null, 500);
    const ids = (await askAsAdmin("res.partner", "search", [[]], { order: "id", ...everyone })) as number[];
    expect(rows.map(({ upstreamId }) => upstreamId)).toEqual(ids);
    expect(await reader.ids(0, 100_000)).toEqual(ids);
    expect(await reader.count(null)).toBe(ids.length);
    expect(rows.filter(({ isActive }) => !isActive).length).toBeGreaterThan(SEEDED / 25);
    expect(rows.find(({ name }) => name === "Empresa Back\\slash 6 S.L.")).toMatchObject({ isCompany: true, isActive: true });
  });

  test("finds just what was touched, archived or deleted since", async () => {
    const reader = await openContacts(syncUser());
    const ids = await seededIds();
    // Contacts, not companies: a write on a company bumps the contacts below it.
    const [touched, archived, deleted] = [ids.slice(-3), ids.slice(-5, -3), ids.slice(-6, -5)];
    const since = await waitForNextSecond();
    await askAsAdmin("res.partner", "write", [touched, { comment: "touched" }]);
    await askAsAdmin("res.partner", "write", [archived, { active: false }]);
    await askAsAdmin("res.partner", "unlink", [deleted]);
    const changed = await readAll(reader, since, 2);
    expect(changed.map(({ upstreamId }) => upstreamId)).toEqual([...archived, ...touched]);
    expect(changed.slice(0, archived.length).map(({ isActive }) => isActive)).toEqual([false, false]);
    expect(await reader.count(since)).toBe(5);
    expect((await reader.ids((deleted[0] ?? 0) - 1, 1))[0]).toBe(archived[0]);
  });

  test("reads products with the sales price as decimal text", async () => {
    const reader = await connector.pull?.products?.(syncUser(), { signal });
    const rows = (await reader?.page({ changedSince: null, afterId: 0, limit: 1_000 })) ?? [];
    expect(rows).toHaveLength((await askAsAdmin("product.product", "search_count", [[]], everyone)) as number);
    expect(rows.filter(({ price }) => !/^\d+(\.\d+)?$/.test(price ?? ""))).toEqual([]);
  });
});

/** A user with the fewest rights, gone after the test. */
async function createPortalUser(): Promise<FieldValues> {
  const group = [
    ["module", "=", "base"],
    ["name", "=", "group_portal"],
  ];
  const [found] = (await askAsAdmin("ir.model.data", "search_read", [group], { fields: ["res_id"] })) as { res_id: number }[];
  const login = `portal-${Date.now()}`;
  const values = { name: login, login, password: "portal password", group_ids: [[6, 0, [found?.res_id]]] };
  const id = await askAsAdmin("res.users", "create", [values]);
  onTestFinished(async () => {
    await askAsAdmin("res.users", "unlink", [[id]]);
  });
  return fields(login, values.password);
}
