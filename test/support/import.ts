import { readFileSync } from "node:fs";
import path from "node:path";
import { hash as bcrypt } from "@node-rs/bcrypt";
import { onTestFinished } from "vitest";
import { runImportCommand } from "../../src/commands/import/import.ts";
import { parseConfig } from "../../src/config.ts";
import { openDatabase } from "../../src/database/database.ts";
import { createLog } from "../../src/log.ts";
import { createServices, type Services } from "../../src/services.ts";
import { openStore } from "../../src/store.ts";
import { Login, RevealCredential } from "../api/documents.ts";
import { createTestStore, dumpDatabase, type TestStore } from "./database.ts";
import type { Gateway } from "./gateway.ts";
import { createSqliteStore, type OldStore } from "./old-store.ts";

/** One for all: each listens to what standard output fails with. */
const log = createLog("silent");

export type ImportRun = { readonly code: number; readonly lines: readonly string[] };

/** Runs the command on a store as `npm run import` does, or on the services of a running gateway; with what it printed. */
export async function runImport(
  store: TestStore,
  args: readonly string[],
  { environment = {}, running }: { readonly environment?: Readonly<Record<string, string>>; readonly running?: Services } = {},
): Promise<ImportRun> {
  const config = parseConfig({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl, ...environment });
  const lines: string[] = [];
  let own: Services | undefined;
  const open = async () => {
    if (running !== undefined) return running;
    own = createServices(config, await openStore(config, log), log);
    return own;
  };
  const onFailure = (error: unknown) => {
    throw error;
  };
  const code = await runImportCommand(args, { config, open, print: (line) => lines.push(line), onFailure }).finally(() =>
    own?.stop(),
  );
  // The columns' width is of no interest.
  return { code, lines: lines.map((line) => line.replaceAll(/ {2,}/g, " | ")) };
}

/** Where to move into: an empty store of its own, gone with the test. */
export async function createStore(): Promise<TestStore> {
  const store = await createTestStore();
  onTestFinished(() => store.remove());
  return store;
}

/** How many rows each table has that an import could write to, and the audit trail. */
export async function countRows(store: TestStore) {
  const database = await openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl });
  const { user, credential, credentialVersion, auditEvent } = database.client;
  const counts = {
    users: await user.count(),
    credentials: await credential.count(),
    versions: await credentialVersion.count(),
    imported: await auditEvent.count({ where: { action: { in: ["USER_IMPORTED", "CREDENTIAL_SAVED"] }, actorType: "SYSTEM" } }),
    failed: await auditEvent.count({ where: { outcome: { not: "SUCCEEDED" } } }),
  };
  await database.close();
  return counts;
}

/** Everything that is stored, byte for byte. */
export async function dumpStore(store: TestStore) {
  const database = await openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl });
  const tables = await dumpDatabase(database);
  await database.close();
  return store.databaseUrl === undefined ? { file: readFileSync(path.join(store.dataDir, "app.db")) } : tables;
}

/** The access token of a user who signs in. */
export async function signIn(gateway: Gateway, username: string, password: string): Promise<string> {
  const { data } = await gateway.execute(Login, { input: { username, password } });
  if (data?.login?.accessToken == null) throw new Error(`${username} could not sign in: ${JSON.stringify(data)}`);
  return data.login.accessToken;
}

/** The revealed fields of a credential of the token's user. */
export async function reveal(
  gateway: Gateway,
  token: string,
  credential: { connector: string; project?: string; label?: string },
) {
  const { data, errors } = await gateway.execute(RevealCredential, { input: { credential } }, token);
  if (data?.revealCredential?.fields == null)
    throw new Error(`${credential.connector} could not be revealed: ${JSON.stringify(errors)}`);
  return Object.fromEntries(data.revealCredential.fields.map(({ name, value }) => [name, value]));
}

/** The tables of the chat demo. */
export const CHAT_DEMO = [
  `CREATE TABLE users (id INTEGER PRIMARY KEY, username VARCHAR UNIQUE, email VARCHAR, hashed_password VARCHAR,
   is_active BOOLEAN, created_at TIMESTAMP)`,
  `CREATE TABLE user_api_keys (id INTEGER PRIMARY KEY, user_id INTEGER, model_name VARCHAR, api_key VARCHAR,
   created_at TIMESTAMP, updated_at TIMESTAMP)`,
];

/** A chat demo with three users, one of them disabled, and their keys. */
export async function createChatDemo(): Promise<OldStore> {
  const old = await createSqliteStore(CHAT_DEMO);
  const passwords = [await bcrypt("johns old password", 4), (await bcrypt("janes old päss", 4)).replace("$2b$", "$2a$")];
  await old.insert("users", [
    { id: 1, username: "john_doe", email: "john@example.com", hashed_password: passwords[0], is_active: true },
    // Python's bcrypt gives bytes, and some programs store them so.
    { id: 2, username: "Jane", email: null, hashed_password: Buffer.from(passwords[1] ?? ""), is_active: true },
    { id: 3, username: "gone", email: "", hashed_password: await bcrypt("gone but known", 4), is_active: false },
  ]);
  await old.insert("user_api_keys", [
    { id: 1, user_id: 1, model_name: "openai", api_key: "sk-johns-openai" },
    { id: 2, user_id: 1, model_name: "mistral-large", api_key: "ms-johns-mistral" },
    { id: 3, user_id: 2, model_name: "anthropic", api_key: "sk-ant-janes" },
    { id: 4, user_id: 2, model_name: "openai", api_key: "" },
    { id: 5, user_id: 3, model_name: "llama", api_key: "lm-gone" },
  ]);
  return old;
}

/** The table of the portal. */
export const PORTAL = (columns: string) => `CREATE TABLE credentials (id INTEGER PRIMARY KEY, username VARCHAR, ${columns})`;
