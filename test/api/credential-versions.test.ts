import { describe, expect, it } from "vitest";
import { BrowserClient } from "../support/browser-client.ts";
import { type Gateway, startGateway, USER_PASSWORD } from "../support/gateway.ts";
import { startOdooServer } from "../support/odoo-server.ts";
import { CredentialById, MoveCredential, RestoreCredentialVersion, RevealCredential, SaveCredential } from "./documents.ts";

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

describe("moving a credential to another project or label", () => {
  const place = (id: string, project: string, label: string) => ({ input: { id, project, label } });
  const codesOf = (answer: { errors?: readonly { extensions: Record<string, unknown> }[] | undefined }) =>
    answer.errors?.map(({ extensions }) => extensions.code) ?? [];

  it("keeps its id, its test and every version, which open there, with the event on record", async () => {
    const { gateway, token, id, restore, password } = await startWithVersions();
    await restore(1);
    const { data } = await gateway.execute(MoveCredential, place(id, "crm", " production "), token);
    const moved = { id, project: "crm", label: "production", version: 4, status: "VALID" };
    expect(data?.moveCredential).toEqual({ credential: moved, userErrors: [] });
    expect(await password()).toBe("admin");
    expect((await restore(2, false)).data?.restoreCredentialVersion).toMatchObject({ credential: { version: 5 } });
    expect(await password()).toBe("a wrong password");
    const events = '{ auditEvents(action: "CREDENTIAL_MOVED") { nodes { targetId outcome details { name value } } } }';
    const details = Object.entries({
      connector: "odoo",
      project: "crm",
      label: "production",
      fromProject: "",
      fromLabel: "default",
    });
    expect((await gateway.query(events, {}, token)).data?.auditEvents).toEqual({
      nodes: [{ targetId: id, outcome: "SUCCEEDED", details: details.map(([name, value]) => ({ name, value })) }],
    });
  });

  it("changes nothing where another stands, for others, with a bad name, or when a version cannot be opened", async () => {
    const { gateway, token, id } = await startWithVersions();
    const fields = Object.entries({ url: "https://odoo.example.test", database: "d", username: "u", password: "p" });
    const other = { connector: "odoo", label: "other", test: false, fields: fields.map(([name, value]) => ({ name, value })) };
    await gateway.execute(SaveCredential, { input: other }, token);
    const { token: stranger } = await gateway.signUp("eve");
    const move = (label: string, by = token) => gateway.execute(MoveCredential, place(id, "", label), by);
    expect(codesOf(await move("other"))).toEqual(["CONFLICT"]);
    expect(codesOf(await move("mine", stranger))).toEqual(["NOT_FOUND"]);
    const long = await move("x".repeat(101));
    expect([codesOf(long), long.errors?.[0]?.message]).toEqual([["BAD_USER_INPUT"], "label may have at most 100 characters."]);
    const browser = await openBrowser(gateway);
    expect(codesOf(await gateway.execute(MoveCredential, place(id, "crm", "default"), browser))).toEqual([
      "REAUTHENTICATION_REQUIRED",
    ]);
    const versions = gateway.services.database.client.credentialVersion;
    const [first] = await versions.findMany({ where: { credentialId: id, version: 1 } });
    const broken = Buffer.from(first?.ciphertext ?? []).map((byte) => byte ^ 1);
    await versions.updateMany({ where: { credentialId: id, version: 1 }, data: { ciphertext: broken } });
    expect(codesOf(await move("mine"))).toEqual(["INTEGRITY_ERROR"]);
    const { data } = await gateway.query("query ($id: ID!) { credential(id: $id) { label version } }", { id }, token);
    expect(data?.credential).toEqual({ label: "default", version: 3 });
  });

  it("meets a save at the same time: what is stored afterwards opens, and who came second is told", async () => {
    const { gateway, odoo, token, id, password } = await startWithVersions();
    const fields = Object.entries({ url: odoo.url, database: "odoo_db", username: "admin", password: "secret 0" });
    let label = "default";
    for (let round = 0; round < 4; round += 1) {
      const elsewhere = label === "default" ? "moved" : "default";
      const input = {
        connector: "odoo",
        label,
        test: false,
        replaces: id,
        fields: fields.map(([name, value]) => ({ name, value })),
      };
      const [moved, saved] = await Promise.all([
        gateway.execute(MoveCredential, place(id, "", elsewhere), token),
        gateway.execute(SaveCredential, { input }, token),
      ]);
      // Which of the two is first, their machine decides; never are both refused.
      const refusals = [...codesOf(moved), ...codesOf(saved)];
      expect(refusals.length).toBeLessThan(2);
      for (const code of refusals) expect(["CONFLICT", "NOT_FOUND"]).toContain(code);
      const { data } = await gateway.query("query ($id: ID!) { credential(id: $id) { label } }", { id }, token);
      expect(data?.credential).toEqual({ label: codesOf(moved).length === 0 ? elsewhere : label });
      if (codesOf(moved).length === 0) label = elsewhere;
      expect(["secret 0", "another wrong password"]).toContain(await password());
    }
  });
});
