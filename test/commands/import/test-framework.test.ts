import { expect, test } from "vitest";
import { startGateway } from "../../support/gateway.ts";
import { createStore, runImport } from "../../support/import.ts";
import { createOldStore } from "../../support/old-store.ts";

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
