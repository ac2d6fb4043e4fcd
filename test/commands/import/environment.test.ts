import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { startGateway } from "../../support/gateway.ts";
import { createStore, runImport } from "../../support/import.ts";

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
