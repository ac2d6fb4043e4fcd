import { describe, expect, test } from "vitest";
import { startMisbehavingServer } from "../support/misbehaving-server.ts";
import { adminFields, createTestConnector, failureOf, startOdooForTest } from "../support/odoo-connector.ts";
import { ADMIN_API_KEY } from "../support/odoo-server.ts";

const connector = createTestConnector();
const signal = new AbortController().signal;
const testAt = (url: string, other?: Parameters<typeof adminFields>[1]) => connector.test(adminFields(url, other), { signal });

describe("a connection test that does not reach an Odoo", () => {
  const unreachable = (url: string, message: string) => ({
    code: "UNREACHABLE",
    stage: "AUTHENTICATE",
    message: `The ${message.replace("URL", url)}`,
  });

  test("says that a server of another kind is not an Odoo", async () => {
    for (const status of [200, 404]) {
      const { origin } = await startMisbehavingServer(() => ({
        status,
        headers: { "content-type": "text/html" },
        body: "<h1>Shop</h1>",
      }));
      expect(await failureOf(testAt(origin))).toEqual({
        code: "UNEXPECTED_RESPONSE",
        stage: "AUTHENTICATE",
        message: `The server at ${origin} is not an Odoo: its answer (status ${status}) is not one that Odoo gives.`,
      });
    }
  });

  test("says what a proxy answered in place of Odoo", async () => {
    const server = await startOdooForTest();
    for (const status of [502, 503, 504]) {
      server.breakWith({ kind: "html", status });
      const message = `proxy in front of Odoo at URL answered ${status}: Odoo itself is down, starting or too slow.`;
      expect(await failureOf(testAt(server.url))).toEqual(unreachable(server.url, message));
    }
    server.breakWith({ kind: "html", status: 403 });
    expect((await failureOf(testAt(server.url))).message).toBe(
      `The server at ${server.url} answered 403 before Odoo was asked: something in front of it refuses calls.`,
    );
  });

  test("says which URL to use when the server redirects", async () => {
    const server = await startOdooForTest();
    server.breakWith({ kind: "redirect", location: "https://erp.example.com/jsonrpc" });
    expect(await failureOf(testAt(server.url))).toEqual({
      code: "UNEXPECTED_RESPONSE",
      stage: "AUTHENTICATE",
      message: `The server at ${server.url} redirects: use https://erp.example.com as the URL.`,
    });
  });

  test.each([14, 17, 19] as const)("says that PostgreSQL behind Odoo %i is away", async (edition) => {
    const server = await startOdooForTest({ edition });
    server.breakWith({ kind: "database-down" });
    const message =
      edition === 14
        ? `The server at ${server.url} answered 500: Odoo failed, is overloaded, or cannot reach its own database (PostgreSQL).`
        : "Odoo answers, but cannot reach its own database (PostgreSQL) just now.";
    expect(await failureOf(testAt(server.url))).toEqual({ code: "UNREACHABLE", stage: "AUTHENTICATE", message });
  });

  test("says that Odoo has no database connection to spare", async () => {
    const server = await startOdooForTest();
    server.breakWith({ kind: "pool-error", only: "search_count" });
    const failure = { code: "UNREACHABLE", stage: "AUTHORIZE" };
    expect(await failureOf(testAt(server.url))).toEqual({
      ...failure,
      message: "Odoo is overloaded or restarting: it has no database connection to spare.",
    });
    expect(await failureOf(testAt(server.url, { password: ADMIN_API_KEY }))).toEqual({
      ...failure,
      message: `The server at ${server.url} answered 500: Odoo failed, is overloaded, or cannot reach its own database (PostgreSQL).`,
    });
  });

  test("is a TIMEOUT at the stage where the server hangs, in the body too", async () => {
    const server = await startOdooForTest({ partners: 10 });
    const stages: [string, string][] = [
      ["version", "AUTHENTICATE"],
      ["authenticate", "AUTHENTICATE"],
      ["search_count", "AUTHORIZE"],
      ["search_read", "READ"],
    ];
    for (const kind of ["hang", "hang-in-body"] as const) {
      for (const [only, stage] of stages) {
        server.breakWith({ kind, only });
        expect(await failureOf(testAt(server.url))).toMatchObject({ code: "TIMEOUT", stage });
      }
    }
  });

  test("is UNREACHABLE when a worker dies before it answers, and a broken answer is never believed", async () => {
    const server = await startOdooForTest();
    server.breakWith({ kind: "reset", only: "authenticate" });
    expect((await failureOf(testAt(server.url))).code).toBe("UNREACHABLE");
    server.breakWith({ kind: "reset-in-body", only: "authenticate" });
    expect((await failureOf(testAt(server.url))).code).toBe("UNEXPECTED_RESPONSE");
  });

  test("refuses an Odoo older than 14", async () => {
    const server = await startOdooForTest({ edition: 14, version: { text: "12.0", info: [12, 0, 0, "final", 0, ""] } });
    expect(await failureOf(testAt(server.url))).toEqual({
      code: "UNEXPECTED_RESPONSE",
      stage: "AUTHENTICATE",
      message: "This is Odoo 12.0; Postern speaks with Odoo 14 and newer.",
    });
  });
});
