import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createPasswords } from "../../src/access/password.ts";
import { makeServiceToken } from "../../src/access/service-token.ts";
import { parseConfig } from "../../src/config.ts";
import { credentialSealContext } from "../../src/credentials/credential.sealing.ts";
import type {
  ConnectionTestModel,
  CredentialModel,
  CredentialVersionModel,
  UserModel,
} from "../../src/database/generated/sqlite/models.ts";
import type { PortableValue } from "../../src/database/stored-value.ts";
import { loadTables, type TableLoader } from "../../src/database/table-loader.ts";
import { makeId } from "../../src/identifiers.ts";
import { createLog } from "../../src/log.ts";
import { openStore, type Store } from "../../src/store.ts";

/** Credentials of each user: a page of a list. */
const CREDENTIALS_PER_USER = 20;
/** Users that workloads sign in as; the rest only fills the store. */
export const KNOWN_USERS = 20;
export const PASSWORD = "correct horse battery staple";
/** Stands in the folder of a store that was filled to the end. */
const FILLED = "filled";

const APPLICATIONS = ["cigar", "tobacco", "whiskey", "qa"];

export type FilledStore = { readonly dataDir: string; readonly databaseUrl: string | undefined; readonly credentials: number };

/** Name of a user; the first `KNOWN_USERS` have a password. */
export function usernameOf(index: number): string {
  return `user-${index}`;
}

type Rows = {
  users: UserModel[];
  credentials: CredentialModel[];
  versions: CredentialVersionModel[];
  tests: ConnectionTestModel[];
};

const AT = new Date("2026-01-01T00:00:00.000Z");

function makeUser(index: number, passwordHash: string): UserModel {
  const name = usernameOf(index);
  const known = index < KNOWN_USERS ? passwordHash : null;
  return {
    id: makeId("user"),
    username: name,
    canonicalName: name,
    email: null,
    role: "USER",
    isActive: true,
    passwordHash: known,
    secondFactorSince: null,
    passwordMadeAt: null,
    createdAt: AT,
    updatedAt: AT,
  };
}

async function addCredential({ envelope }: Store, user: UserModel, place: number, rows: Rows): Promise<void> {
  const lastTestId = user.passwordHash === null ? null : makeId("test");
  const credential: CredentialModel = {
    id: makeId("credential"),
    ownerId: user.id,
    ownerKey: user.id,
    connectorId: "app-login",
    project: APPLICATIONS[place] ?? `project-${place}`,
    label: "default",
    defaultKey: place === 0 ? `${user.id}:app-login` : null,
    status: "VALID",
    version: 1,
    lastTestId,
    lastUsedAt: null,
    createdAt: AT,
    updatedAt: AT,
  };
  const described = { version: 1, publicFields: `{"email":"${user.username}@example.test"}`, secretNames: '["password"]' };
  const secret = Buffer.from(`{"password":"secret of ${credential.id}"}`);
  const sealed = await envelope.seal(credentialSealContext(credential, described), secret);
  rows.credentials.push(credential);
  rows.versions.push({ id: makeId("version"), credentialId: credential.id, ...described, ...sealed, createdAt: AT });
  if (lastTestId !== null) rows.tests.push(makeTest(lastTestId, credential));
}

function makeTest(id: string, { id: credentialId, connectorId, ownerId: userId }: CredentialModel): ConnectionTestModel {
  const told = { outcome: "PASSED", stage: "VALIDATE", code: null, message: "The fields are complete.", details: "{}" } as const;
  return { id, credentialId, connectorId, userId, ...told, durationMs: 1, testedAt: AT };
}

/** Users whose rows are made, then written: few enough for the memory. */
const USERS_AT_ONCE = 250;

type Cell = string | number | boolean | Date | Uint8Array | null;

function toPortable(cell: Cell): PortableValue {
  if (cell instanceof Date) return cell.toISOString();
  return cell instanceof Uint8Array ? { b: Buffer.from(cell).toString("base64") } : cell;
}

async function add<Row extends Record<string, Cell>>(loader: TableLoader, table: string, rows: readonly Row[]): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first);
  await loader.insert(
    table,
    columns,
    rows.map((row) => columns.map((column) => toPortable(row[column] ?? null))),
  );
}

/** As a restore does it: Prisma's query builder would take hours for a million credentials. */
async function fill(store: Store, credentials: number): Promise<void> {
  const passwordHash = await createPasswords().hash(PASSWORD);
  const users = Math.max(KNOWN_USERS, Math.ceil(credentials / CREDENTIALS_PER_USER));
  await loadTables(store.database, async (loader) => {
    for (let first = 0; first < users; first += USERS_AT_ONCE) {
      const rows: Rows = { users: [], credentials: [], versions: [], tests: [] };
      for (let index = first; index < Math.min(users, first + USERS_AT_ONCE); index += 1) {
        const user = makeUser(index, passwordHash);
        rows.users.push(user);
        for (let place = 0; place < CREDENTIALS_PER_USER; place += 1) await addCredential(store, user, place, rows);
      }
      await add(loader, "User", rows.users);
      await add(loader, "Credential", rows.credentials);
      await add(loader, "CredentialVersion", rows.versions);
      await add(loader, "ConnectionTest", rows.tests);
    }
  });
}

async function addToken({ database }: Store): Promise<string> {
  const { token, tokenHash, firstCharacters } = makeServiceToken();
  const limits = { connectors: "[]", projects: "[]", usernames: "[]" };
  const permissions = JSON.stringify(["credential:reveal", "credential:read", "upstream:token", "upstream:call"]);
  const times = { createdAt: AT, expiresAt: new Date("2099-01-01T00:00:00.000Z") };
  const row = { id: makeId("token"), name: "bench", tokenHash, firstCharacters, permissions, ...limits, ...times };
  await database.client.serviceToken.create({ data: row });
  return token;
}

/** A store with so many credentials in a folder of its own, filled when it is not there yet; kept for the next run. */
export async function prepareStore(
  folder: string,
  credentials: number,
  databaseUrl?: string,
): Promise<FilledStore & { readonly token: string }> {
  const dataDir = path.join(folder, `${databaseUrl === undefined ? "sqlite" : "postgresql"}-${credentials}`);
  const config = parseConfig({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl });
  const isFilled = existsSync(path.join(dataDir, FILLED));
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const store = await openStore(config, createLog("warn"));
  try {
    if (!isFilled) {
      await fill(store, credentials);
      writeFileSync(path.join(dataDir, FILLED), "");
    }
    return { dataDir, databaseUrl, credentials, token: await addToken(store) };
  } finally {
    await store.database.close();
  }
}
