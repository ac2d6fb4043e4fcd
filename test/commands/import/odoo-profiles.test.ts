import { hash as argon2 } from "@node-rs/argon2";
import { hash as bcrypt } from "@node-rs/bcrypt";
import { expect, test } from "vitest";
import { openDatabase } from "../../../src/database/database.ts";
import { startGateway } from "../../support/gateway.ts";
import { createStore, reveal, runImport, signIn } from "../../support/import.ts";
import { createOldStore } from "../../support/old-store.ts";

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

test("who was disabled stays so, however the old system writes the column's name", async () => {
  const old = await createOldStore(PROFILES.replace("email VARCHAR", '"isActive" BOOLEAN'));
  const hashed_password = await bcrypt("a good password", 4);
  await old.insert("users", [
    { id: 1, username: "ada", isActive: true, hashed_password },
    { id: 2, username: "bob", isActive: false, hashed_password },
  ]);
  const run = await runImport(await createStore(), ["--from", "odoo-profiles", "--source", old.source]);
  expect(run.lines.filter((line) => line.startsWith("create user"))).toEqual([
    "create user | ada | user | users id=1",
    "create user | bob | user | users id=2: disabled, as it was",
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
