import { describe, expect, it } from "vitest";
import { BrowserClient } from "../support/browser-client.ts";
import { type Gateway, startGateway, USER_PASSWORD } from "../support/gateway.ts";
import { startOdooServer } from "../support/odoo-server.ts";
import { CredentialById, RestoreCredentialVersion, RevealCredential, SaveCredential } from "./documents.ts";

/** Ada's Odoo credential in three versions: the right password, a wrong one, and again a wrong one; two saved untested. */
async function startWithVersions() {
  const odoo = await startOdooServer({ partners: 3, products: 2 });
  const gateway = await startGateway();
  const { token } = await gateway.signUp("ada");
  const save = async (password: string, test: boolean) => {
    const fields = Object.entries({ url: odoo.url, database: "odoo_db", username: "admin", password });
    const input = { connector: "odoo", test, fields: fields.map(([name, value]) => ({ name, value })) };
    return (await gateway.execute(SaveCredential, { input }, token)).data?.saveCredential?.credential?.id ?? "";
  };
  const id = await save("admin", true);
  await save("a wrong password", false);
  await save("another wrong password", false);
  const restore = async (version: number, test?: boolean, by = token) =>
    gateway.execute(RestoreCredentialVersion, { input: { id, version, ...(test === undefined ? {} : { test }) } }, by);
  const password = async () =>
    (await gateway.execute(RevealCredential, { input: { credential: { id } } }, token)).data?.revealCredential?.fields?.find(
      ({ name }) => name === "password",
    )?.value;
  return { gateway, odoo, token, id, restore, password };
}

/** The access token of a browser in which Ada gave her password ten minutes ago. */
async function openBrowser(gateway: Gateway): Promise<string> {
  const browser = new BrowserClient(gateway);
  await browser.signIn("ada", USER_PASSWORD);
  const createdAt = new Date(Date.now() - 600_000);
  await gateway.services.database.client.session.updateMany({ where: { kind: "COOKIE" }, data: { createdAt } });
  return browser.accessToken ?? "";
}

describe("restoring a version of a credential", () => {
  it("makes a new version of its values, tested before it is saved, with the event on record", async () => {
    const { gateway, odoo, token, id, restore, password } = await startWithVersions();
    const { data } = await restore(1);
    expect(data?.restoreCredentialVersion).toEqual({
      credential: { id, status: "VALID", version: 4 },
      connectionTest: { outcome: "PASSED", code: null },
      userErrors: [],
    });
    expect([await password(), odoo.countOf("authenticate")]).toEqual(["admin", 2]);
    const { data: read } = await gateway.execute(CredentialById, { id }, token);
    expect(read?.credential?.versions.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
    const newest = '{ auditEvents(action: "CREDENTIAL_SAVED", first: 1) { nodes { outcome details { name value } } } }';
    const events = (await gateway.query(newest, {}, token)).data?.auditEvents;
    const restored = expect.arrayContaining([{ name: "restoredFrom", value: "1" }]);
    expect(events).toMatchObject({ nodes: [{ outcome: "SUCCEEDED", details: restored }] });
  });

  it("stores nothing that fails its test, unless it is told to save untested", async () => {
    const { id, restore, password } = await startWithVersions();
    const refused = await restore(2);
    expect(refused.data?.restoreCredentialVersion).toMatchObject({
      credential: null,
      connectionTest: { outcome: "FAILED", code: "CREDENTIAL_REJECTED" },
      userErrors: [{ code: "CREDENTIAL_REJECTED" }],
    });
    expect(await password()).toBe("another wrong password");
    const untested = await restore(2, false);
    expect(untested.data?.restoreCredentialVersion).toMatchObject({
      credential: { id, status: "UNTESTED", version: 4 },
      connectionTest: null,
    });
    expect(await password()).toBe("a wrong password");
  });

  it("is refused for a version that is not kept, to others, and in a browser whose password was given long ago", async () => {
    const { gateway, odoo, id, restore } = await startWithVersions();
    const { token: stranger } = await gateway.signUp("eve");
    for (const answer of [
      await restore(9),
      await restore(1, true, stranger),
      await restore(1, true, await gateway.signInAdministrator()),
    ])
      expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(["NOT_FOUND"]);

    const late = await restore(1, true, await openBrowser(gateway));
    expect(late.errors?.map(({ extensions }) => extensions.code)).toEqual(["REAUTHENTICATION_REQUIRED"]);
    expect([
      await gateway.services.database.client.credentialVersion.count({ where: { credentialId: id } }),
      odoo.countOf("authenticate"),
    ]).toEqual([3, 1]);
  });
});

describe("saving a credential in a browser whose password was given long ago", () => {
  it("sends a secret that is kept to no other address, and takes what changes the secret alone or gives it anew", async () => {
    const { gateway, odoo, token } = await startWithVersions();
    const browser = await openBrowser(gateway);
    const save = async (changed: Record<string, string>, by: string) => {
      const fields = Object.entries(changed).map(([name, value]) => ({ name, value }));
      const { data, errors } = await gateway.execute(SaveCredential, { input: { connector: "odoo", test: false, fields } }, by);
      return errors?.[0]?.extensions.code ?? data?.saveCredential?.credential?.status;
    };
    const elsewhere = { url: odoo.url.replace("127.0.0.1", "localhost") };
    expect([
      await save(elsewhere, browser),
      await save({ password: "admin" }, browser),
      await save({ ...elsewhere, password: "admin" }, browser),
      await save({ url: odoo.url }, token),
    ]).toEqual(["REAUTHENTICATION_REQUIRED", "UNTESTED", "UNTESTED", "UNTESTED"]);
  });
});
