import { hash as bcrypt } from "@node-rs/bcrypt";
import { expect, test } from "vitest";
import { openDatabase } from "../../../src/database/database.ts";
import { startGateway } from "../../support/gateway.ts";
import { CHAT_DEMO, countRows, createChatDemo, createStore, dumpStore, reveal, runImport, signIn } from "../../support/import.ts";
import { createSqliteStore } from "../../support/old-store.ts";

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
