import { describe, expect, it } from "vitest";
import { findSecrets, makeCanary, readFolder } from "../support/canaries.ts";
import { dumpDatabase } from "../support/database.ts";
import { startGateway } from "../support/gateway.ts";
import { startOdooServer } from "../support/odoo-server.ts";
import { Login, RevealCredential, SaveCredential, TestCredential } from "./documents.ts";

describe("secrets at rest", () => {
  it("stand in no file, table, log line or answer, in any of seven encodings", async () => {
    const secrets = {
      account: makeCanary(),
      odoo: makeCanary(),
      replaced: makeCanary(),
      refused: makeCanary(),
      app: makeCanary(),
    };
    const odoo = await startOdooServer({ users: [{ login: "admin", password: secrets.odoo }] });
    const gateway = await startGateway();
    const { token } = await gateway.signUp("ada", secrets.account);
    const answers: unknown[] = [];
    const save = async (connector: string, fields: Record<string, string>, test: boolean) => {
      const input = { connector, test, fields: Object.entries(fields).map(([name, value]) => ({ name, value })) };
      answers.push(await gateway.execute(SaveCredential, { input }, token));
    };
    const odooFields = { url: odoo.url, database: "odoo_db", username: "admin" };
    await save("odoo", { ...odooFields, password: secrets.refused }, true);
    await save("odoo", { ...odooFields, password: secrets.replaced }, false);
    await save("odoo", { ...odooFields, password: secrets.odoo }, true);
    await save("app-login", { email: "ada@example.test", password: secrets.app }, true);
    answers.push(await gateway.execute(TestCredential, { input: { credential: { connector: "odoo" } } }, token));
    answers.push(await gateway.execute(Login, { input: { username: secrets.account, password: secrets.app } }));
    const { data } = await gateway.execute(RevealCredential, { input: { credential: { connector: "odoo" } } }, token);
    expect(data?.revealCredential?.fields).toContainEqual({ name: "password", value: secrets.odoo });

    const whileRunning = { ...readFolder(gateway.store.dataDir), ...(await dumpDatabase(gateway.services.database)) };
    const log = { log: Buffer.from(gateway.log()), answers: Buffer.from(JSON.stringify(answers)) };
    expect(findSecrets(secrets, { ...whileRunning, ...log })).toEqual([]);
    // The search itself must be able to find what is there.
    expect(findSecrets({ name: "ada@example.test" }, whileRunning)).not.toEqual([]);
  });
});
