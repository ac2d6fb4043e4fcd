import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { hash as argon2 } from "@node-rs/argon2";
import { hash as bcrypt } from "@node-rs/bcrypt";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../src/database/database.ts";
import { Login, RevealCredential } from "../api/documents.ts";
import { createTestStore, dumpDatabase, type TestStore } from "../support/database.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { createOldStore, createSqliteStore, type OldStore, runImport } from "../support/old-store.ts";

async function createStore(): Promise<TestStore> {
  const store = await createTestStore();
  onTestFinished(() => store.remove());
  return store;
}

/** How many rows each table has that an import could write to, and the audit trail. */
async function countRows(store: TestStore) {
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
async function dumpStore(store: TestStore) {
  const database = await openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl });
  const tables = await dumpDatabase(database);
  await database.close();
  return store.databaseUrl === undefined ? { file: readFileSync(path.join(store.dataDir, "app.db")) } : tables;
}

async function signIn(gateway: Gateway, username: string, password: string): Promise<string> {
  const { data } = await gateway.execute(Login, { input: { username, password } });
  if (data?.login?.accessToken == null) throw new Error(`${username} could not sign in: ${JSON.stringify(data)}`);
  return data.login.accessToken;
}

async function reveal(gateway: Gateway, token: string, credential: { connector: string; project?: string; label?: string }) {
  const { data, errors } = await gateway.execute(RevealCredential, { input: { credential } }, token);
  if (data?.revealCredential?.fields == null)
    throw new Error(`${credential.connector} could not be revealed: ${JSON.stringify(errors)}`);
  return Object.fromEntries(data.revealCredential.fields.map(({ name, value }) => [name, value]));
}

const CHAT_DEMO = [
  `CREATE TABLE users (id INTEGER PRIMARY KEY, username VARCHAR UNIQUE, email VARCHAR, hashed_password VARCHAR,
   is_active BOOLEAN, created_at TIMESTAMP)`,
  `CREATE TABLE user_api_keys (id INTEGER PRIMARY KEY, user_id INTEGER, model_name VARCHAR, api_key VARCHAR,
   created_at TIMESTAMP, updated_at TIMESTAMP)`,
];

async function createChatDemo(): Promise<OldStore> {
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

test("the chat demo moves in: every user signs in with the old password, and every key is revealed equal", async () => {
  const old = await createChatDemo();
  const store = await createStore();
  const run = await runImport(store, ["--from", "chat-demo", "--source", old.source, "--apply"]);
  expect(run).toEqual({
    code: 0,
    lines: [
      "outcome | user | what | where",
      "create user | john_doe | user | users id=1",
      "create credential | john_doe | openai | user_api_keys id=1",
      "create credential | john_doe | llm-api-key mistral-large | user_api_keys id=2",
      "create user | Jane | user | users id=2",
      "create credential | Jane | anthropic | user_api_keys id=3",
      "no credential | Jane | openai | user_api_keys id=4: it is empty",
      "create user | gone | user | users id=3: disabled, as it was",
      "create credential | gone | llm-api-key llama | user_api_keys id=5",
      "",
      "Done: create user 3, create credential 4, no credential 1.",
    ],
  });
  const gateway = await startGateway({}, store);
  const john = await signIn(gateway, "john_doe", "johns old password");
  const jane = await signIn(gateway, "jane", "janes old päss");
  expect(await reveal(gateway, john, { connector: "openai" })).toMatchObject({ api_key: "sk-johns-openai" });
  expect(await reveal(gateway, john, { connector: "llm-api-key", label: "mistral-large" })).toEqual({
    api_key: "ms-johns-mistral",
  });
  expect(await reveal(gateway, jane, { connector: "anthropic" })).toMatchObject({ api_key: "sk-ant-janes" });
  const listed = await fetch(`${gateway.url}/api_keys`, { headers: { authorization: `Bearer ${john}` } });
  expect(((await listed.json()) as { model_name: string }[]).map(({ model_name }) => model_name).sort()).toEqual([
    "mistral-large",
    "openai",
  ]);
  await expect(signIn(gateway, "gone", "gone but known")).rejects.toThrow("could not sign in");
  const hashes = await gateway.services.database.client.user.findMany({ where: { username: { in: ["john_doe", "gone"] } } });
  expect(hashes.map(({ username, passwordHash }) => [username, passwordHash?.slice(0, 9)]).sort()).toEqual([
    ["gone", expect.stringMatching(/^\$2b\$04\$/)],
    ["john_doe", "$argon2id"],
  ]);
});

test("a dry run says the same, changes neither store, and opens no secret to the report", async () => {
  const old = await createChatDemo();
  const store = await createStore();
  const args = ["--from", "chat-demo", "--source", old.source];
  await runImport(store, ["--from", "environment"]); // makes the store
  const before = [await old.checksum(), await dumpStore(store)];
  const dry = await runImport(store, args);
  expect([await old.checksum(), await dumpStore(store)]).toEqual(before);
  const applied = await runImport(store, [...args, "--apply"]);
  expect(await old.checksum()).toBe(before[0]);
  expect(dry.lines.slice(0, -1)).toEqual(applied.lines.slice(0, -1));
  expect(dry.lines.at(-1)).toBe(
    "A dry run, nothing is changed: create user 3, create credential 4, no credential 1. With --apply it is done.",
  );
  expect([...dry.lines, ...applied.lines].join("\n")).not.toMatch(/sk-|ms-johns|lm-gone|\$2[ab]\$/);
});

test("a second run has nothing to do, whatever users did meanwhile; a changed key becomes a new version", async () => {
  const old = await createChatDemo();
  const store = await createStore();
  const args = ["--from", "chat-demo", "--source", old.source, "--apply"];
  await runImport(store, args);
  const gateway = await startGateway({}, store);
  await signIn(gateway, "john_doe", "johns old password");
  await gateway.close();
  const before = await countRows(store);
  const again = await runImport(store, args);
  expect([again.code, again.lines.at(-1), await countRows(store)]).toEqual([
    0,
    "Nothing to do: keep user 3, same already 4, no credential 1.",
    before,
  ]);
  await old.run("UPDATE user_api_keys SET api_key = 'sk-johns-second' WHERE id = 1");
  const changed = await runImport(store, args);
  expect(changed.lines.filter((line) => line.startsWith("new version"))).toEqual([
    "new version | john_doe | openai | user_api_keys id=1",
  ]);
  expect(await countRows(store)).toEqual({ ...before, versions: before.versions + 1, imported: before.imported + 1 });
});

const PORTAL = (columns: string) => `CREATE TABLE credentials (id INTEGER PRIMARY KEY, username VARCHAR, ${columns})`;

async function createServiceToken(gateway: Gateway): Promise<string> {
  const { data } = await gateway.query(
    `mutation { createServiceToken(input: { name: "portal", permissions: ["credential:reveal"] }) { token } }`,
    {},
    await gateway.signInAdministrator(),
  );
  return (data as { createServiceToken: { token: string } }).createServiceToken.token;
}

for (const [spelling, type, project] of [
  ["snake case", "credential_type", "project_id"],
  ["camel case", "credentialType", "projectId"],
] as const) {
  test(`the portal moves in, its columns in ${spelling}: machines get every key as before`, async () => {
    const old = await createOldStore(PORTAL(`"${type}" VARCHAR, "${project}" VARCHAR, credentials JSONB, created_at TIMESTAMP`));
    const row = (id: number, username: string, connector: string, slug: string | null, credentials: unknown) => ({
      id,
      username,
      [type]: connector,
      [project]: slug,
      credentials: JSON.stringify(credentials),
    });
    await old.insert("credentials", [
      row(1, "ada", "openai", "al-chat", { api_key: "sk-ada" }),
      row(2, "bob", "app-login", "ai-resume", { email: "bob@example.com", password: "bobs päss word " }),
      row(3, "ada", "anthropic", null, { api_key: "sk-ant-ada" }),
      row(4, "carl", "openai", "al-chat", { api_key: "" }),
    ]);
    const store = await createStore();
    const before = await old.checksum();
    const run = await runImport(store, ["--from", "portal", "--source", old.source, "--apply"]);
    expect(run).toEqual({
      code: 0,
      lines: [
        "outcome | user | what | where",
        "create user | ada | user | without a password: an administrator has to set one",
        "create credential | ada | openai al-chat | credentials id=1",
        "create credential | ada | anthropic | credentials id=3",
        "create user | bob | user | without a password: an administrator has to set one",
        "create credential | bob | app-login ai-resume | credentials id=2",
        "no credential | carl | openai al-chat | credentials id=4: it is empty",
        "",
        "Done: create user 2, create credential 3, no credential 1.",
      ],
    });
    expect(await old.checksum()).toBe(before);
    const gateway = await startGateway({}, store);
    const token = await createServiceToken(gateway);
    const fetchOld = async (query: string) => {
      const response = await fetch(`${gateway.url}/api/credentials?${query}`, { headers: { authorization: `Bearer ${token}` } });
      return ((await response.json()) as { credentials: { credentials: unknown } }).credentials.credentials;
    };
    expect(await fetchOld("username=ada&credentialType=openai&projectId=al-chat")).toMatchObject({ api_key: "sk-ada" });
    expect(await fetchOld("username=ada&credentialType=anthropic")).toMatchObject({ api_key: "sk-ant-ada" });
    expect(await fetchOld("username=bob&credentialType=app-login&projectId=ai-resume")).toEqual({
      email: "bob@example.com",
      password: "bobs päss word ",
    });
  });
}

test("the test framework moves in, its applications found by their columns, and answers its machines", async () => {
  const apps = ["cigar", "whiskey", "qa"];
  const columns = apps.flatMap((app) => [`dev_${app}_email VARCHAR`, `dev_${app}_password VARCHAR`]);
  const old = await createOldStore(
    `CREATE TABLE global_admin_users (id INTEGER PRIMARY KEY, username VARCHAR, dev_mode_email VARCHAR, ${columns.join(", ")})`,
  );
  await old.insert("global_admin_users", [
    {
      id: 7,
      username: "bpauley",
      dev_cigar_email: "b@example.com",
      dev_cigar_password: "cigar-1",
      dev_whiskey_email: "b@example.com",
    },
    { id: 8, username: "amiller", dev_qa_email: "a@example.com", dev_qa_password: "qa-1" },
  ]);
  const store = await createStore();
  const before = await old.checksum();
  const run = await runImport(store, ["--from", "test-framework", "--source", old.source, "--apply"]);
  expect([run.code, run.lines.filter((line) => line.startsWith("create")), await old.checksum()]).toEqual([
    0,
    [
      "create user | bpauley | user | global_admin_users id=7: without a password: an administrator has to set one",
      "create credential | bpauley | app-login cigar | global_admin_users id=7",
      "create user | amiller | user | global_admin_users id=8: without a password: an administrator has to set one",
      "create credential | amiller | app-login qa | global_admin_users id=8",
    ],
    before,
  ]);
  const HMS_API_TOKEN = "a-token-of-the-test-framework";
  const gateway = await startGateway({ HMS_API_TOKEN }, store);
  const answers = [];
  for (const place of ["bpauley/cigar", "amiller/qa", "bpauley/whiskey"]) {
    const response = await fetch(`${gateway.url}/api/v1/credentials/${place}`, {
      headers: { authorization: `Bearer ${HMS_API_TOKEN}` },
    });
    answers.push([response.status, await response.json()]);
  }
  expect(answers).toEqual([
    [200, { dev_cigar_email: "b@example.com", dev_cigar_password: "cigar-1" }],
    [200, { dev_qa_email: "a@example.com", dev_qa_password: "qa-1" }],
    [404, { detail: "Credentials for app 'whiskey' not configured for user 'bpauley'" }],
  ]);
});

const PROFILES = `CREATE TABLE users (id INTEGER PRIMARY KEY, username VARCHAR, email VARCHAR, hashed_password VARCHAR,
  odoo_url VARCHAR, odoo_username VARCHAR, odoo_password VARCHAR, odoo_database VARCHAR)`;

test("the Odoo profiles move in: bcrypt and Argon2 passwords sign in, and every Odoo login is revealed equal", async () => {
  const old = await createOldStore(PROFILES);
  const odoo = { odoo_username: "erp", odoo_database: "erp_db" };
  await old.insert("users", [
    {
      id: 1,
      username: "ada",
      hashed_password: await bcrypt("ada's password", 4),
      ...odoo,
      odoo_url: "https://erp.example.com",
      odoo_password: "odoo-a",
    },
    {
      id: 2,
      username: "bob",
      hashed_password: await argon2("bob's password", { memoryCost: 4_096, timeCost: 2 }),
      ...odoo,
      odoo_password: "odoo-b",
    },
    { id: 3, username: "eve", hashed_password: await bcrypt("eve's password", 4), odoo_password: null },
  ]);
  const store = await createStore();
  const before = await old.checksum();
  const run = await runImport(store, ["--from", "odoo-profiles", "--source", old.source, "--apply"]);
  expect([run.code, run.lines.at(-1), await old.checksum()]).toEqual([
    0,
    "Done: create user 3, create credential 2, no credential 1.",
    before,
  ]);
  const gateway = await startGateway({}, store);
  const shown = [];
  for (const username of ["ada", "bob"]) {
    shown.push(await reveal(gateway, await signIn(gateway, username, `${username}'s password`), { connector: "odoo" }));
  }
  await signIn(gateway, "eve", "eve's password");
  expect(shown).toEqual([
    { url: "https://erp.example.com", database: "erp_db", username: "erp", password: "odoo-a" },
    { url: "http://localhost:8069", database: "erp_db", username: "erp", password: "odoo-b" },
  ]);
});

const BCRYPT_TAIL = "abcdefghijklmnopqrstuuu1234567890123456789012345678901"; // 53 characters after the cost
const ARGON2_TAIL = "c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo";

test("every row that cannot be taken is refused by itself, with the reason, and nothing of it is left", async () => {
  const old = await createOldStore(PROFILES);
  const good = await bcrypt("a good password", 4);
  const tail = BCRYPT_TAIL.slice(0, 53);
  const hashes = [
    ["x-variant", `$2x$10$${tail}`],
    ["dear", `$2b$15$${tail}`],
    ["cut", `$2b$10$${tail.slice(1)}`],
    ["vast", `$argon2id$v=19$m=1048577,t=3,p=1$${ARGON2_TAIL}`],
    ["long", `$argon2id$v=19$m=65536,t=11,p=1$${ARGON2_TAIL}`],
    ["argon2i", `$argon2i$v=19$m=65536,t=3,p=1$${ARGON2_TAIL}`],
    ["md5", "5f4dcc3b5aa765d61d8327deb882cf99"],
  ] as const;
  const odoo = { odoo_username: "erp", odoo_database: "erp_db", odoo_password: "odoo-secret" };
  await old.insert("users", [
    ...hashes.map(([username, hashed_password], index) => ({ id: index + 1, username, hashed_password, ...odoo })),
    { id: 20, username: "Twin", hashed_password: good },
    { id: 21, username: "twin ", hashed_password: good, ...odoo },
    { id: 22, username: "admin", hashed_password: good },
    { id: 23, username: "zero\u200bwidth", hashed_password: good },
    { id: 24, username: "badurl", hashed_password: good, ...odoo, odoo_url: "ftp://erp.example.com/secret-path" },
    { id: 25, username: "fine", hashed_password: good, email: "no address", ...odoo },
  ]);
  const store = await createStore();
  const run = await runImport(store, ["--from", "odoo-profiles", "--source", old.source, "--apply"]);
  const isTelling = (line: string) => !/no credential|its user is refused/.test(line);
  expect([run.code, run.lines.slice(1, -2).filter(isTelling)]).toEqual([
    1,
    [
      "REFUSED | x-variant | user | users id=1: the password hash: it is of the scheme $2x$, a broken variant of bcrypt",
      "REFUSED | dear | user | users id=2: the password hash: its bcrypt cost is not from 4 to 14",
      "REFUSED | cut | user | users id=3: the password hash: it is no whole bcrypt hash",
      "REFUSED | vast | user | users id=4: the password hash: its Argon2 parameters are out of bounds (memory to 1 GiB, 10 passes, 16 lanes)",
      "REFUSED | long | user | users id=5: the password hash: its Argon2 parameters are out of bounds (memory to 1 GiB, 10 passes, 16 lanes)",
      "REFUSED | argon2i | user | users id=6: the password hash: its scheme is neither bcrypt nor Argon2id",
      "REFUSED | md5 | user | users id=7: the password hash: its scheme is neither bcrypt nor Argon2id",
      "create user | Twin | user | users id=20",
      "REFUSED | twin | user | users id=21: the name is the same as Twin, which came before",
      "REFUSED | admin | user | users id=22: this is the first administrator's name: start Postern once before moving in",
      "REFUSED | zero\\u{200b}width | user | users id=23: a user name has 1 to 64 characters, none of them invisible",
      "REFUSED | badurl | user | users id=24: another part of its row is refused",
      "REFUSED | badurl | odoo | users id=24: url: The Odoo URL must begin with https:// or http://.",
      "create user | fine | user | users id=25: e-mail left out: it is no address",
      "create credential | fine | odoo | users id=25",
    ],
  ]);
  expect(run.lines.join("\n")).not.toMatch(/odoo-secret|secret-path|5f4dcc3b|abcdefghij|c29tZXNhbHQ/);
  const database = await openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl });
  const users = await database.client.user.findMany({ select: { canonicalName: true }, orderBy: { canonicalName: "asc" } });
  await database.close();
  expect(users.map(({ canonicalName }) => canonicalName)).toEqual(["fine", "twin"]);
});

test("the portal's rows are refused one by one: an unknown type, wrong fields, what is no JSON, a second of one kind", async () => {
  const old = await createOldStore(PORTAL("credential_type VARCHAR, project_id VARCHAR, credentials TEXT"));
  const row = (id: number, credential_type: string, credentials: string) => ({
    id,
    username: "ada",
    credential_type,
    credentials,
  });
  await old.insert("credentials", [
    row(1, "openai", '{"api_key":"sk-ada"}'),
    row(2, "github", '{"token":"ghp-secret"}'),
    row(3, "app-login", '{"email":"ada@example.com","pass":"p-secret"}'),
    row(4, "anthropic", '{"api_key": "sk-secret'),
    row(5, "odoo", '{"password": 12345}'),
    row(6, "openai", '{"api_key":"sk-secret-two"}'),
  ]);
  const store = await createStore();
  const run = await runImport(store, ["--from", "portal", "--source", old.source, "--apply"]);
  expect([run.code, run.lines.slice(1, -2)]).toEqual([
    1,
    [
      "create user | ada | user | without a password: an administrator has to set one",
      "create credential | ada | openai | credentials id=1",
      expect.stringMatching(/^REFUSED \| ada \| github \| credentials id=2: There is no such connector\. Known are: odoo, /),
      expect.stringMatching(
        /^REFUSED \| ada \| app-login \| credentials id=3: pass: There is no such field.* password: This field is required\.$/,
      ),
      "REFUSED | ada | anthropic | credentials id=4: its credentials are no JSON object",
      "REFUSED | ada | odoo | credentials id=5: password: this field must be text",
      "REFUSED | ada | openai | credentials id=6: credentials id=1 is the same connector, project and label",
    ],
  ]);
  expect(run.lines.join("\n")).not.toContain("secret");
  expect(await countRows(store)).toMatchObject({ users: 1, credentials: 1, versions: 1 });
});

test("a user who is here keeps password and name; one who came without a password gets theirs", async () => {
  const store = await createStore();
  const gateway = await startGateway({}, store);
  await gateway.signUp("john_doe", "johns newer password");
  await gateway.signUp("JANE");
  await gateway.close();
  const portal = await createOldStore(PORTAL("credential_type VARCHAR, project_id VARCHAR, credentials TEXT"));
  await portal.insert("credentials", [
    { id: 1, username: "gone", credential_type: "openai", credentials: '{"api_key":"sk-gone"}' },
  ]);
  await runImport(store, ["--from", "portal", "--source", portal.source, "--apply"]);
  const run = await runImport(store, ["--from", "chat-demo", "--source", (await createChatDemo()).source, "--apply"]);
  expect([run.code, run.lines.slice(1, -2)]).toEqual([
    1,
    [
      "keep user | john_doe | user | users id=1: keeps the password they have here",
      "create credential | john_doe | openai | user_api_keys id=1",
      "create credential | john_doe | llm-api-key mistral-large | user_api_keys id=2",
      "REFUSED | Jane | user | users id=2: the name is the same as that of the user JANE, who is here already",
      "REFUSED | Jane | anthropic | user_api_keys id=3: its user is refused",
      "REFUSED | Jane | openai | user_api_keys id=4: its user is refused",
      "add password | gone | user | users id=3",
      "create credential | gone | llm-api-key llama | user_api_keys id=5",
    ],
  ]);
  const again = await startGateway({}, store);
  await signIn(again, "john_doe", "johns newer password");
  const gone = await signIn(again, "gone", "gone but known");
  expect(await reveal(again, gone, { connector: "openai" })).toMatchObject({ api_key: "sk-gone" });
});

test("a key whose user is gone is refused, and every event is the system's", async () => {
  const old = await createSqliteStore(CHAT_DEMO);
  await old.insert("users", [{ id: 1, username: "ada", hashed_password: await bcrypt("a password", 4), is_active: true }]);
  await old.insert("user_api_keys", [
    { id: 1, user_id: 1, model_name: "openai", api_key: "sk-ada" },
    { id: 2, user_id: 9, model_name: "openai", api_key: "sk-lost" },
  ]);
  const store = await createStore();
  const run = await runImport(store, ["--from", "chat-demo", "--source", old.source, "--apply"]);
  expect([run.code, run.lines.at(-3)]).toEqual([1, "REFUSED | (user 9) | openai | user_api_keys id=2: there is no such user"]);
  const database = await openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl });
  const events = await database.client.auditEvent.findMany({
    where: { correlationId: "import-command" },
    orderBy: { id: "asc" },
  });
  const { id } = await database.client.user.findFirstOrThrow({ where: { username: "ada" } });
  await database.close();
  expect(
    events.map(({ action, actorType, ownerId, details }) => ({ action, actorType, ownerId, details: JSON.parse(details) })),
  ).toEqual([
    { action: "USER_IMPORTED", actorType: "SYSTEM", ownerId: id, details: { isNew: true, hasPassword: true, isActive: true } },
    {
      action: "CREDENTIAL_SAVED",
      actorType: "SYSTEM",
      ownerId: id,
      details: { connector: "openai", version: 1, isTested: false },
    },
  ]);
});

test("two imports at once take every row once, and what one of them missed says to run it again", async () => {
  const old = await createChatDemo();
  const store = await createStore();
  const args = ["--from", "chat-demo", "--source", old.source, "--apply"];
  const gateway = await startGateway({}, store);
  const runs = await Promise.all([
    runImport(store, args, { running: gateway.services }),
    runImport(store, args, { running: gateway.services }),
  ]);
  const refusals = runs.flatMap(({ lines }) => lines.filter((line) => line.startsWith("REFUSED")));
  expect(refusals.filter((line) => !/meanwhile/.test(line))).toEqual([]);
  const again = await runImport(store, args, { running: gateway.services });
  expect(again.lines.at(-1)).toBe("Nothing to do: keep user 3, same already 4, no credential 1.");
  expect(await gateway.services.database.client.credentialVersion.count()).toBe(4);
});

test("variables of a file become system defaults that outlive the start; half of them are refused by name", async () => {
  const store = await createStore();
  const file = path.join(store.dataDir, "old.env");
  writeFileSync(
    file,
    "# chat assistant\nAPI_AUTH_EMAIL=bot@example.com\nexport API_AUTH_PASSWORD='s3cret # not a comment'\nLOGIN_API_URL=https://api.example.com/login\nODOO_DB=erp\nODOO_USERNAME=bot\n",
  );
  const args = ["--from", "environment", "--source", file, "--apply"];
  const run = await runImport(store, args);
  expect(run).toEqual({
    code: 1,
    lines: [
      "outcome | user | what | where",
      `create credential | (system default) | login-api | ${file} API_AUTH_EMAIL`,
      `REFUSED | (system default) | odoo | ${file} ODOO_DB: ODOO_PASSWORD is missing`,
      "",
      "Done: create credential 1, REFUSED 1.",
    ],
  });
  const gateway = await startGateway({}, store);
  const [kept] = await gateway.services.database.client.credential.findMany();
  const { values } = await gateway.services.credentials.credentials.openForUse(kept?.id ?? "");
  expect({ owner: kept?.ownerId, label: kept?.label, values }).toEqual({
    owner: null,
    label: "default",
    values: { email: "bot@example.com", password: "s3cret # not a comment", login_url: "https://api.example.com/login" },
  });
  await gateway.close();
  expect((await runImport(store, args)).lines.at(-1)).toBe("Nothing to do: same already 1, REFUSED 1.");
});

test("without a file the defaults are those that the start makes", async () => {
  const store = await createStore();
  const environment = { API_AUTH_EMAIL: "bot@example.com", API_AUTH_PASSWORD: "s3cret" };
  const before = await runImport(store, ["--from", "environment"], { environment });
  expect(before.lines[1]).toBe("create credential | (system default) | login-api environment | environment API_AUTH_EMAIL");
  await (await startGateway(environment, store)).close();
  expect(await runImport(store, ["--from", "environment"], { environment })).toMatchObject({
    code: 0,
    lines: expect.arrayContaining(["Nothing to do: same already 1."]),
  });
});

test("what is not understood ends with 2, and a source that cannot be read with 1; neither makes a store", async () => {
  const store = await createStore();
  const own = path.join(store.dataDir, "app.db");
  const usages = [
    [],
    ["--from", "nowhere"],
    ["--from", "portal"],
    ["--from", "portal", "--source", ""],
    ["--from", "portal", "x"],
    ["--aply"],
  ];
  for (const args of usages)
    expect(await runImport(store, args)).toMatchObject({ code: 2, lines: [expect.stringMatching(/^Usage: /)] });
  const missing = path.join(store.dataDir, "missing.db");
  expect(await runImport(store, ["--from", "chat-demo", "--source", missing])).toEqual({
    code: 1,
    lines: [expect.stringMatching(/^The source cannot be read: /)],
  });
  const empty = await createSqliteStore(["CREATE TABLE users (id INTEGER, username VARCHAR)"]);
  const columns = "The source's table users has no column email, hashed_password, is_active.";
  expect((await runImport(store, ["--from", "chat-demo", "--source", empty.source])).lines).toContain(columns);
  if (store.databaseUrl === undefined) {
    expect(await runImport(store, ["--from", "chat-demo", "--source", own])).toEqual({
      code: 2,
      lines: ["The source is Postern's own store: name the old system's."],
    });
  }
});
