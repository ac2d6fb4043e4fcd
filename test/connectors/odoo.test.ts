import { describe, expect, test } from "vitest";
import { createOdooConnector } from "../../src/connectors/odoo/odoo.connector.ts";
import { type Answer, answerJsonRpc } from "../support/odoo/endpoints.ts";
import { createDatabase } from "../support/odoo/models.ts";
import { createWorld } from "../support/odoo/world.ts";
import { adminFields, createTestConnector, failureOf, startOdooForTest } from "../support/odoo-connector.ts";
import { ADMIN, ADMIN_API_KEY, type OdooServerOptions } from "../support/odoo-server.ts";
import { type ConnectorContract, describeConnectorContract } from "./contract-suite.ts";

const connector = createTestConnector();
const signal = new AbortController().signal;
const testAt = (url: string, other?: Parameters<typeof adminFields>[1]) => connector.test(adminFields(url, other), { signal });

const TWO_FACTOR_HINT =
  "If the account uses two-factor authentication, Odoo takes an API key in place of the password. " +
  "After many failed logins Odoo refuses even the right password for a minute.";
const KEY_HINT =
  "If this is an API key, it may have expired or been deleted: create a new one in Odoo's preferences, under Account Security.";
const rejected = (hint: string) => ({
  code: "CREDENTIAL_REJECTED",
  stage: "AUTHENTICATE",
  message: "Invalid Odoo credentials",
  hint,
});

const PASSWORD = `canary "&+ ü' 0123456789`;

function answeringOdoo(password: string): NonNullable<ConnectorContract["upstream"]>["accepting"] {
  const database = createDatabase({ name: "odoo_db", partners: 3, products: 2 }, 17, Date.now);
  const users = [{ login: "admin", password }];
  const version = { text: "17.0", info: [17, 0, 0, "final", 0, ""] };
  const world = createWorld({ edition: 17, databases: [database], users, version, isDatabaseDown: () => false });
  return ({ path, headers, body }) => {
    const {
      status,
      type,
      body: text,
    }: Answer = answerJsonRpc(world, { path, headers: { ...headers } as Record<string, string>, body });
    return { status, headers: { "content-type": type }, body: text };
  };
}

describeConnectorContract("odoo", {
  create: (http) => createOdooConnector({ http, defaultUrl: "http://localhost:8069" }),
  values: (origin) => adminFields(origin, { password: PASSWORD }),
  upstream: {
    accepting: answeringOdoo(PASSWORD),
    rejecting: answeringOdoo("another password"),
    isLogin: ({ body }) => body.includes('"authenticate"'),
  },
});

describe("a connection test that passes", () => {
  const cases: [string, OdooServerOptions, string, string, string][] = [
    ["Odoo 14 with a password", { edition: 14 }, "admin", "14.0", "JSON-RPC"],
    ["Odoo 14 with an API key", { edition: 14 }, ADMIN_API_KEY, "14.0", "JSON-RPC"],
    ["Odoo 14 among several databases", { edition: 14, databases: ["odoo_db", "second"] }, "admin", "14.0", "JSON-RPC"],
    ["Odoo 17 with a password", { edition: 17 }, "admin", "17.0", "JSON-RPC"],
    [
      "Odoo Online",
      { edition: 17, version: { text: "saas~18.3+e", info: ["saas~18", 3, 0, "final", 0, "e"] } },
      "admin",
      "saas~18.3+e",
      "JSON-RPC",
    ],
    ["Odoo 19 with a password", { edition: 19 }, "admin", "19.0", "JSON-RPC"],
    ["Odoo 19 with an API key", { edition: 19 }, ADMIN_API_KEY, "19.0", "JSON-2"],
    ["Odoo without /jsonrpc, with an API key", { edition: 19, hasJsonRpc: false }, ADMIN_API_KEY, "19.0", "JSON-2"],
  ];
  test.each(cases)("tells uid, counts, version and protocol of %s", async (_, options, password, server_version, protocol) => {
    const server = await startOdooForTest({ ...options, partners: 15, products: 23 });
    server.partners.archive([3]);
    expect(await testAt(server.url, { password })).toEqual({
      stage: "READ",
      message: `Signed in to Odoo ${server_version}.`,
      details: { odoo_uid: "2", contact_count: "14", product_count: "23", server_version, protocol },
    });
    expect(server.countOf("authenticate")).toBe(options.hasJsonRpc === false ? 0 : 1);
  });

  test("goes through the stages in their order", async () => {
    const server = await startOdooForTest({ partners: 1 });
    const stages: string[] = [];
    await connector.test(adminFields(server.url), { signal, onStage: (stage) => stages.push(stage) });
    expect(stages).toEqual(["VALIDATE", "RESOLVE", "CONNECT", "AUTHENTICATE", "AUTHORIZE", "READ"]);
  });

  test("leaves the product count out when the product app is not installed, over both protocols", async () => {
    const server = await startOdooForTest({ partners: 2, products: null });
    for (const password of ["admin", ADMIN_API_KEY]) {
      const report = await testAt(server.url, { password });
      expect(report.message).toBe("Signed in to Odoo 19.0. Products cannot be read there.");
      expect(Object.keys(report.details)).toEqual(["odoo_uid", "contact_count", "server_version", "protocol"]);
    }
  });

  test("takes a password of 40 hex digits for a password when JSON-2 refuses it as a key", async () => {
    const password = "f".repeat(40);
    const server = await startOdooForTest({ users: [{ login: "admin", password }] });
    const report = await testAt(server.url, { password });
    expect([report.details.protocol, server.countOf("authenticate")]).toEqual(["JSON-RPC", 1]);
  });

  test("goes over /jsonrpc where a proxy lets nothing else through", async () => {
    const server = await startOdooForTest({ partners: 1 });
    server.breakWith({ kind: "html", status: 403, only: "/json/2" });
    const report = await testAt(server.url, { password: ADMIN_API_KEY });
    expect([report.details.protocol, server.countOf("authenticate")]).toEqual(["JSON-RPC", 1]);
  });

  test("understands an address that was copied from the browser", async () => {
    const server = await startOdooForTest({ partners: 1 });
    for (const path of ["/", "/web", "/web/login?db=odoo_db", "/odoo/contacts"]) {
      expect((await testAt(`${server.url}${path}`)).details.contact_count).toBe("1");
    }
  });
});

describe("a connection test that the credential fails", () => {
  test.each([14, 17, 19] as const)(
    "refuses a wrong password or login on Odoo %i after one login, with advice",
    async (edition) => {
      const server = await startOdooForTest({ edition });
      expect(await failureOf(testAt(server.url, { password: "wrong" }))).toEqual(rejected(TWO_FACTOR_HINT));
      expect(await failureOf(testAt(server.url, { username: "nobody" }))).toEqual(rejected(TWO_FACTOR_HINT));
      expect(server.requests.map(({ method }) => method)).toEqual(["version", "authenticate", "version", "authenticate"]);
    },
  );

  test("refuses the password of a two-factor account and takes its API key", async () => {
    const server = await startOdooForTest({ users: [{ ...ADMIN, hasTwoFactor: true }] });
    expect(await failureOf(testAt(server.url))).toEqual(rejected(TWO_FACTOR_HINT));
    expect((await testAt(server.url, { password: ADMIN_API_KEY })).details.protocol).toBe("JSON-2");
  });

  test("says of a refused API key that it may have expired, with and without /jsonrpc", async () => {
    for (const hasJsonRpc of [true, false]) {
      const server = await startOdooForTest({ hasJsonRpc });
      expect(await failureOf(testAt(server.url, { password: "e".repeat(40) }))).toEqual(rejected(KEY_HINT));
      expect(server.requests.filter(({ method }) => method !== "version")).toHaveLength(1);
    }
  });

  test("refuses another user's API key", async () => {
    const users = [ADMIN, { login: "sync", password: "sync" }];
    const withRpc = await startOdooForTest({ users });
    expect(await failureOf(testAt(withRpc.url, { username: "sync", password: ADMIN_API_KEY }))).toEqual(rejected(KEY_HINT));
    const withoutRpc = await startOdooForTest({ users, hasJsonRpc: false });
    expect(await failureOf(testAt(withoutRpc.url, { username: "sync", password: ADMIN_API_KEY }))).toEqual(
      rejected("The API key belongs to another user than the one named."),
    );
  });

  test("asks for an API key where Odoo has no other way in", async () => {
    const server = await startOdooForTest({ hasJsonRpc: false });
    expect(await failureOf(testAt(server.url))).toEqual(rejected("Odoo 19 takes an API key in place of the password."));
  });

  test.each([
    [14, ["odoo_db"]],
    [14, ["odoo_db", "second"]],
    [17, ["odoo_db"]],
    [19, ["odoo_db", "second"]],
  ] as const)("names a database that Odoo %i with %j does not have", async (edition, databases) => {
    const server = await startOdooForTest({ edition, databases });
    expect(await failureOf(testAt(server.url, { database: "nowhere" }))).toEqual({
      code: "INVALID_FIELDS",
      stage: "AUTHENTICATE",
      message: "Odoo has no database “nowhere” at this URL.",
    });
  });

  test("says which model the user may not read, also where Odoo 14 hides it behind a 500 page", async () => {
    const users = [{ ...ADMIN, deniedModels: ["res.partner"] }];
    const denied = {
      code: "PERMISSION_MISSING",
      stage: "AUTHORIZE",
      message: "The Odoo user may not read contacts (res.partner).",
    };
    const servers: OdooServerOptions[] = [{ edition: 14 }, { edition: 14, databases: ["odoo_db", "second"] }, { edition: 19 }];
    for (const options of servers) {
      const server = await startOdooForTest({ ...options, users });
      expect(await failureOf(testAt(server.url))).toEqual(denied);
    }
    const server = await startOdooForTest({ users });
    expect(await failureOf(testAt(server.url, { password: ADMIN_API_KEY }))).toEqual(denied);
  });

  test("during the cooldown of Odoo 14 a right password is refused like a wrong one, and the advice says why", async () => {
    const server = await startOdooForTest({ edition: 14 });
    for (let n = 0; n < 10; n++) await failureOf(testAt(server.url, { password: "wrong" }));
    expect(await failureOf(testAt(server.url))).toEqual(rejected(TWO_FACTOR_HINT));
  });
});

test("a URL that carries a password, or is none of http, is refused before anything is sent", () => {
  const problemsOf = (url: string) => {
    const parsed = connector.parseFields(adminFields(url));
    return parsed.ok ? [] : parsed.problems;
  };
  expect(problemsOf("ftp://erp.example.com")).toEqual([
    { field: "url", message: "The Odoo URL must begin with https:// or http://." },
  ]);
  expect(problemsOf("https://me:secret@erp.example.com")).toEqual([
    { field: "url", message: "The Odoo URL must not carry a user name or password." },
  ]);
});
