import { randomBytes } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { runBackupCommand, runRestoreCommand } from "../../src/commands/backup.ts";
import { parseConfig } from "../../src/config.ts";
import { openTestStore, type TestStore } from "./database.ts";
import { type Gateway, startGateway } from "./gateway.ts";

/** What the sources' backups are encrypted to. */
export const PASSPHRASE = "a passphrase that nobody guesses";
const SAVE = "mutation ($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } } }";
const REVEAL = "mutation ($input: RevealCredentialInput!) { revealCredential(input: $input) { fields { name value } } }";
const LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { accessToken } }";

/** The secret of the credential with the label. */
export const secretOf = (label: string) => `secret of ${label}`;

/** Stores a credential under a label. */
export async function save(gateway: Gateway, token: string, label: string): Promise<void> {
  const fields = [
    { name: "email", value: "ada@example.test" },
    { name: "password", value: secretOf(label) },
  ];
  const { errors } = await gateway.query(SAVE, { input: { connector: "app-login", label, test: false, fields } }, token);
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
}

/** The secret of a label, or the code of the error. */
export async function read(gateway: Gateway, token: string, label: string): Promise<unknown> {
  const { data, errors } = await gateway.query(REVEAL, { input: { credential: { connector: "app-login", label } } }, token);
  const revealed = data?.revealCredential as { fields: { name: string; value: string }[] } | null | undefined;
  return revealed?.fields.find(({ name }) => name === "password")?.value ?? errors?.[0]?.extensions.code;
}

/** A user's access token. */
export async function signIn(gateway: Gateway, username: string, password: string): Promise<string> {
  const { data } = await gateway.query(LOGIN, { input: { username, password } });
  const session = data?.login as { accessToken: string } | undefined;
  return session?.accessToken ?? "";
}

/** A file that its owner alone may read; beside the stores' folders, which are searched for secrets. */
export function secretFile(name: string, text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-secret-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, name);
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
  return file;
}

/** Runs `npm run backup` on the gateway's store. */
export async function backUp({ services, store }: Gateway, ...more: string[]) {
  const lines: string[] = [];
  const file = path.join(store.dataDir, `backup-${randomBytes(4).toString("hex")}`);
  const code = await runBackupCommand(["--to", file, ...more], { open: async () => services, print: (line) => lines.push(line) });
  return { code, lines, file };
}

/** Runs `npm run restore` on a store. */
export async function restore(store: TestStore, file: string, ...more: string[]) {
  const lines: string[] = [];
  const config = parseConfig({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl });
  const code = await runRestoreCommand(["--from", file, ...more], { config, print: (line) => lines.push(line) });
  return { code, lines };
}

/** A gateway with a user whose credentials have the labels. */
export async function startSource(...labels: string[]) {
  const store = await openTestStore();
  // Fifty writers on a busy machine wait, instead of being told to come back.
  const gateway = await startGateway({ REQUEST_WAIT_SECONDS: "60" }, store);
  const { token } = await gateway.signUp("ada");
  for (const label of labels) await save(gateway, token, label);
  return { store, gateway, token, passphrase: secretFile("passphrase", PASSPHRASE) };
}

/** A new store with the source's key ring beside it. */
export async function openTarget(source: TestStore): Promise<TestStore> {
  const target = await openTestStore();
  copyFileSync(path.join(source.dataDir, "keys.json"), path.join(target.dataDir, "keys.json"));
  return target;
}
