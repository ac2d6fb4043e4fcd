import { onTestFinished } from "vitest";
import type { FieldValues } from "../../src/connectors/connector.ts";
import { createOdooConnector } from "../../src/connectors/odoo/odoo.connector.ts";
import { parseAllowList } from "../../src/upstream/allow-list.ts";
import { ConnectionError } from "../../src/upstream/connection-error.ts";
import { createHttpClient } from "../../src/upstream/guarded-http-client.ts";
import { type OdooServerOptions, startOdooServer } from "./odoo-server.ts";

/** The Odoo connector over the real guarded client, with short deadlines. */
export function createTestConnector(longestMs = 1_000) {
  const limits = { longestMs, idleMs: longestMs };
  const http = createHttpClient({ allowList: parseAllowList(["127.0.0.0/8"]), limits });
  return createOdooConnector({ http, defaultUrl: "http://localhost:8069" });
}

/** A stand-in Odoo that goes away with the test. */
export async function startOdooForTest(options: OdooServerOptions = {}) {
  const server = await startOdooServer(options);
  onTestFinished(() => server.close());
  return server;
}

/** The stand-in's administrator, as fields of the connector. */
export function adminFields(url: string, other: Partial<Record<"database" | "username" | "password", string>> = {}): FieldValues {
  return { url, database: "odoo_db", username: "admin", password: "admin", ...other };
}

/** What a failure tells: code, stage, message, and the advice or the time to wait if there is one. */
export async function failureOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => "it passed",
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConnectionError)) throw new Error("Not a ConnectionError", { cause: error });
  const { code, stage, message, hint, retryAfterSeconds } = error;
  return { code, stage, message, ...(hint && { hint }), ...(retryAfterSeconds && { retryAfterSeconds }) };
}
