import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "../../../src/database/database.ts";
import { startGateway } from "../../support/gateway.ts";
import { createChatDemo, createStore, PORTAL, reveal, runImport, signIn } from "../../support/import.ts";
import { createOldStore, createSqliteStore } from "../../support/old-store.ts";

/** Lines with `TIME` for every time in them. */
const withoutTimes = (lines: readonly string[]) => lines.map((line) => line.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME"));

test("who registered a name before it was moved in gets nothing of its owner's, unless the operator says that they are one", async () => {
  const store = await createStore();
  const gateway = await startGateway({}, store);
  await gateway.signUp("john_doe", "a stranger's password");
  await gateway.close();
  const args = ["--from", "chat-demo", "--source", (await createChatDemo()).source, "--apply"];
  const refused = await runImport(store, args);
  const about = (lines: readonly string[]) => withoutTimes(lines.filter((line) => line.includes("john_doe")));
  expect([refused.code, about(refused.lines)]).toEqual([
    1,
    [
      "REFUSED | john_doe | user | users id=1: no import made the account that has this name here since TIME: if it is the same person's, --merge",
      "REFUSED | john_doe | openai | user_api_keys id=1: its user is refused",
      "REFUSED | john_doe | llm-api-key mistral-large | user_api_keys id=2: its user is refused",
    ],
  ]);
  const database = await openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl });
  const ofStranger = { owner: { canonicalName: "john_doe" } };
  expect(await database.client.credential.count({ where: ofStranger })).toBe(0);

  const merged = await runImport(store, [...args, "--merge"]);
  expect([merged.code, merged.lines.filter((line) => /^(create credential|keep user) \| john_doe/.test(line)).length]).toEqual([
    0, 3,
  ]);
  expect(await database.client.credential.count({ where: ofStranger })).toBe(2);
  // What the operator has said once, and whom an import made, needs no word the next time.
  await database.client.credential.deleteMany({});
  const again = await runImport(store, args);
  await database.close();
  expect([again.code, again.lines.at(-1)]).toEqual([0, "Done: keep user 3, create credential 4, no credential 1."]);
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
  const args = ["--from", "chat-demo", "--source", (await createChatDemo()).source, "--merge", "--apply"];
  const run = await runImport(store, args);
  expect([run.code, withoutTimes(run.lines.slice(1, -2))]).toEqual([
    1,
    [
      "keep user | john_doe | user | users id=1: keeps the password they have here; no import made the account that has this name here since TIME: it takes these",
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

test("what is not understood ends with 64, and a source that cannot be read with 1; neither makes a store", async () => {
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
    expect(await runImport(store, args)).toMatchObject({ code: 64, lines: [expect.stringMatching(/^Usage: /)] });
  const missing = path.join(store.dataDir, "missing.db");
  expect(await runImport(store, ["--from", "chat-demo", "--source", missing])).toEqual({
    code: 1,
    lines: [expect.stringMatching(/^The source cannot be read: /)],
  });
  const noUrl = "postgresql://reader:hidden@127.0.0.1:5432:1/old";
  expect(await runImport(store, ["--from", "chat-demo", "--source", noUrl])).toEqual({
    code: 1,
    lines: ["The source cannot be read: it is no URL of a PostgreSQL database."],
  });
  expect(readdirSync(store.dataDir)).toEqual([]);
  const empty = await createSqliteStore(["CREATE TABLE users (id INTEGER, username VARCHAR)"]);
  expect(await runImport(store, ["--from", "chat-demo", "--source", empty.source])).toEqual({
    code: 1,
    lines: ["The source's table users has no column email, hashed_password, is_active."],
  });
  if (store.databaseUrl === undefined) {
    expect(await runImport(store, ["--from", "chat-demo", "--source", own])).toEqual({
      code: 64,
      lines: ["The source is Postern's own store: name the old system's."],
    });
  }
});
