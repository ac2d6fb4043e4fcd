import { describe, expect, it } from "vitest";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { type OdooServer, startOdooServer } from "../support/odoo-server.ts";
import {
  AuditEvents,
  Connectors,
  CredentialById,
  Credentials,
  DeleteCredential,
  RevealCredential,
  SaveCredential,
  SaveSystemCredential,
  TestCredential,
} from "./documents.ts";
import type { CredentialStatus, CredentialsQuery } from "./gql/graphql.ts";

const odooFields = (url: string, password = "admin") => [
  { name: "url", value: url },
  { name: "database", value: "odoo_db" },
  { name: "username", value: "admin" },
  { name: "password", value: password },
];

async function startWithOdoo(): Promise<{ gateway: Gateway; odoo: OdooServer; token: string }> {
  const odoo = await startOdooServer({ partners: 15, products: 23 });
  const gateway = await startGateway();
  const { token } = await gateway.signUp("ada");
  return { gateway, odoo, token };
}

const saveOdoo = (gateway: Gateway, token: string, url: string, password?: string) =>
  gateway.execute(SaveCredential, { input: { connector: "odoo", fields: odooFields(url, password) } }, token);

const saveApp = (
  gateway: Gateway,
  token: string,
  project: string,
  changes: { label?: string; isDefault?: boolean; test?: boolean; replaces?: string | null; replacesVersion?: number } = {},
) => {
  const fields = [
    { name: "email", value: `${project}@example.test` },
    { name: "password", value: `secret of ${project}` },
  ];
  return gateway.execute(SaveCredential, { input: { connector: "app-login", project, fields, ...changes } }, token);
};

const codesOf = ({ errors }: { errors?: readonly { extensions: Record<string, unknown> }[] }) =>
  errors?.map((error) => error.extensions.code);

describe("saving a credential", () => {
  it("refuses to go over another one where it says that it is new, or which it replaces", async () => {
    const gateway = await startGateway();
    const { token } = await gateway.signUp("ada");
    const cigar = await saveApp(gateway, token, "cigar", { replaces: null });
    const id = cigar.data?.saveCredential?.credential?.id ?? "";
    expect(codesOf(await saveApp(gateway, token, "cigar", { replaces: null }))).toEqual(["CONFLICT"]);
    expect(codesOf(await saveApp(gateway, token, "tobacco", { replaces: id }))).toEqual(["NOT_FOUND"]);
    expect((await saveApp(gateway, token, "cigar", { replaces: id })).data?.saveCredential?.credential?.id).toBe(id);
    const over = (replacesVersion: number) => saveApp(gateway, token, "cigar", { replaces: id, replacesVersion });
    expect(codesOf(await over(1))).toEqual(["CONFLICT"]);
    expect((await over(2)).data?.saveCredential?.credential?.version).toBe(3);
  });

  it("stores what passed its test, and shows of the secret only that it is set", async () => {
    const { gateway, odoo, token } = await startWithOdoo();
    const { data } = await saveOdoo(gateway, token, odoo.url);
    expect(data?.saveCredential).toEqual({
      credential: {
        id: expect.stringMatching(/^credential_/),
        source: "USER",
        project: "",
        label: "default",
        isDefault: true,
        status: "VALID",
        version: 1,
        connector: { id: "odoo" },
        fields: [
          { name: "url", value: odoo.url, isSecret: false, isSet: true },
          { name: "database", value: "odoo_db", isSecret: false, isSet: true },
          { name: "username", value: "admin", isSecret: false, isSet: true },
          { name: "password", value: null, isSecret: true, isSet: true },
        ],
        lastTest: { id: expect.stringMatching(/^test_/), outcome: "PASSED" },
      },
      connectionTest: {
        id: expect.stringMatching(/^test_/),
        outcome: "PASSED",
        stage: "READ",
        code: null,
        message: expect.any(String),
        details: expect.arrayContaining([
          { name: "odoo_uid", value: "2" },
          { name: "product_count", value: "23" },
        ]),
      },
      userErrors: [],
    });
  });

  it("stores nothing that failed its test, and asks the upstream once", async () => {
    const { gateway, odoo, token } = await startWithOdoo();
    const { data } = await saveOdoo(gateway, token, odoo.url, "wrong");
    expect(data?.saveCredential).toMatchObject({
      credential: null,
      connectionTest: { outcome: "FAILED", stage: "AUTHENTICATE", code: "CREDENTIAL_REJECTED" },
      userErrors: [{ field: null, code: "CREDENTIAL_REJECTED", message: expect.stringMatching(/^Invalid Odoo credentials\./) }],
    });
    expect(odoo.countOf("authenticate")).toBe(1);
    expect((await gateway.execute(Credentials, {}, token)).data?.credentials.totalCount).toBe(0);
  });

  it("leaves the stored version in use when a new one fails its test", async () => {
    const { gateway, odoo, token } = await startWithOdoo();
    const id = (await saveOdoo(gateway, token, odoo.url)).data?.saveCredential?.credential?.id ?? "";
    await saveOdoo(gateway, token, odoo.url, "wrong");
    const { data } = await gateway.execute(RevealCredential, { input: { credential: { id } } }, token);
    expect(data?.revealCredential?.fields).toContainEqual({ name: "password", value: "admin" });
    expect((await gateway.execute(CredentialById, { id }, token)).data?.credential).toMatchObject({
      status: "VALID",
      version: 1,
    });
  });

  it("keeps the secret that a save leaves out, and every version", async () => {
    const { gateway, odoo, token } = await startWithOdoo();
    const id = (await saveOdoo(gateway, token, odoo.url)).data?.saveCredential?.credential?.id ?? "";
    const input = { connector: "odoo", fields: [{ name: "username", value: "admin" }] };
    const { data } = await gateway.execute(SaveCredential, { input }, token);
    expect(data?.saveCredential?.credential).toMatchObject({ id, version: 2, status: "VALID" });
    const { data: read } = await gateway.execute(CredentialById, { id }, token);
    expect(read?.credential?.versions).toEqual([{ version: 2 }, { version: 1 }]);
  });

  it("saves untested when told to, and says so by its status", async () => {
    const { gateway, token } = await startWithOdoo();
    const input = { connector: "odoo", test: false, fields: odooFields("http://127.0.0.1:1") };
    const { data } = await gateway.execute(SaveCredential, { input }, token);
    expect(data?.saveCredential).toMatchObject({ credential: { status: "UNTESTED", lastTest: null }, connectionTest: null });
  });

  it("names every field that is wrong, and no connector that does not exist goes unnamed", async () => {
    const { gateway, token } = await startWithOdoo();
    const fields = [
      { name: "username", value: "admin" },
      { name: "colour", value: "blue" },
    ];
    const { data } = await gateway.execute(SaveCredential, { input: { connector: "odoo", fields } }, token);
    expect(data?.saveCredential?.userErrors.map((error) => error.field).sort()).toEqual([
      "fields.colour",
      "fields.database",
      "fields.password",
    ]);
    const unknown = await gateway.execute(SaveCredential, { input: { connector: "sap", fields } }, token);
    expect(unknown.errors?.[0]).toMatchObject({ extensions: { code: "BAD_USER_INPUT", field: "connector" } });
    expect(unknown.errors?.[0]?.message).toContain("odoo");
  });

  it("takes no more fields than any connector could have", async () => {
    const { gateway, token } = await startWithOdoo();
    const fields = Array.from({ length: 3_000 }, (_, place) => ({ name: `field${place}`, value: "x" }));
    const { errors } = await gateway.execute(SaveCredential, { input: { connector: "odoo", fields } }, token);
    expect(errors?.map(({ extensions }) => [extensions.code, extensions.field])).toEqual([["BAD_USER_INPUT", "fields"]]);
  });

  it("two saves of one new credential at once give one credential", async () => {
    const { gateway, token } = await startWithOdoo();
    const answers = await Promise.all(Array.from({ length: 8 }, () => saveApp(gateway, token, "cigar")));
    const codes = answers.flatMap((answer) => codesOf(answer) ?? []);
    expect(new Set(codes).size).toBeLessThanOrEqual(1);
    for (const code of codes) expect(code).toBe("CONFLICT");
    const { data } = await gateway.execute(Credentials, {}, token);
    expect(data?.credentials.totalCount).toBe(1);
  });
});

describe("the default of a connector", () => {
  it("is the first credential until another one takes it", async () => {
    const { gateway, token } = await startWithOdoo();
    await saveApp(gateway, token, "cigar");
    await saveApp(gateway, token, "qa");
    await saveApp(gateway, token, "whiskey", { isDefault: true });
    const { data } = await gateway.execute(Credentials, { connector: "app-login" }, token);
    expect(data?.credentials.nodes.map(({ project, isDefault }) => ({ project, isDefault }))).toEqual([
      { project: "cigar", isDefault: false },
      { project: "qa", isDefault: false },
      { project: "whiskey", isDefault: true },
    ]);
    const meant = await gateway.execute(RevealCredential, { input: { credential: { connector: "app-login" } } }, token);
    expect(meant.data?.revealCredential?.fields).toContainEqual({ name: "password", value: "secret of whiskey" });
  });

  it("never stands in for a project or label that does not match", async () => {
    const { gateway, token } = await startWithOdoo();
    await saveApp(gateway, token, "cigar");
    for (const selector of [{ project: "tobacco" }, { label: "second" }]) {
      const credential = { connector: "app-login", ...selector };
      expect(codesOf(await gateway.execute(RevealCredential, { input: { credential } }, token))).toEqual(["NOT_FOUND"]);
    }
  });
});

describe("testing without saving", () => {
  it("tries fields and stores none of them", async () => {
    const { gateway, odoo, token } = await startWithOdoo();
    const { data } = await gateway.execute(TestCredential, { input: { connector: "odoo", fields: odooFields(odoo.url) } }, token);
    expect(data?.testCredential).toMatchObject({ connectionTest: { outcome: "PASSED", stage: "READ" }, userErrors: [] });
    expect((await gateway.execute(Credentials, {}, token)).data?.credentials.totalCount).toBe(0);
  });

  it("of a stored credential brings its status up to date", async () => {
    const { gateway, odoo, token } = await startWithOdoo();
    const id = (await saveOdoo(gateway, token, odoo.url)).data?.saveCredential?.credential?.id ?? "";
    odoo.breakWith({ kind: "reset" });
    const broken = await gateway.execute(TestCredential, { input: { credential: { id } } }, token);
    expect(broken.data?.testCredential?.connectionTest?.outcome).toBe("FAILED");
    expect((await gateway.execute(CredentialById, { id }, token)).data?.credential?.status).toBe("UNREACHABLE");
    odoo.heal();
    await gateway.execute(TestCredential, { input: { credential: { id } } }, token);
    expect((await gateway.execute(CredentialById, { id }, token)).data?.credential?.status).toBe("VALID");
  });

  it("refuses an address that the operator did not allow, without contacting it", async () => {
    const { gateway, token } = await startWithOdoo();
    const input = { connector: "odoo", fields: odooFields("http://169.254.169.254") };
    const { data } = await gateway.execute(TestCredential, { input }, token);
    expect(data?.testCredential?.connectionTest).toMatchObject({ outcome: "FAILED", code: "BLOCKED_ADDRESS" });
  });
});

describe("revealing", () => {
  it("gives the owner every field, with the event on record", async () => {
    const { gateway, token } = await startWithOdoo();
    const id = (await saveApp(gateway, token, "cigar")).data?.saveCredential?.credential?.id ?? "";
    const { data } = await gateway.execute(RevealCredential, { input: { credential: { id } } }, token);
    expect(data?.revealCredential).toEqual({
      credential: { id },
      fields: [
        { name: "email", value: "cigar@example.test" },
        { name: "password", value: "secret of cigar" },
      ],
      userErrors: [],
    });
    const events = await gateway.execute(AuditEvents, { action: "CREDENTIAL_REVEALED" }, token);
    expect(events.data?.auditEvents).toMatchObject({ totalCount: 1, nodes: [{ outcome: "SUCCEEDED", targetId: id }] });
  });

  it("is a use of it, which is written with others later and not on the way of the request", async () => {
    const { gateway, token } = await startWithOdoo();
    const id = (await saveApp(gateway, token, "cigar")).data?.saveCredential?.credential?.id ?? "";
    const lastUse = async () => (await gateway.execute(CredentialById, { id }, token)).data?.credential?.lastUsedAt;
    const before = await lastUse();
    await gateway.execute(RevealCredential, { input: { credential: { id } } }, token);
    expect([before, await lastUse()]).toEqual([null, null]);
    await gateway.services.credentials.uses.flush();
    expect(Date.parse((await lastUse()) ?? "")).toBeGreaterThan(Date.now() - 60_000);
  });

  it("to another user, the administrator or nobody looks like a credential that does not exist", async () => {
    const { gateway, token } = await startWithOdoo();
    const id = (await saveApp(gateway, token, "cigar")).data?.saveCredential?.credential?.id ?? "";
    const absent = "credential_01h455vb4pex5vsknk084sn02q";
    const { token: stranger } = await gateway.signUp("eve");
    for (const who of [stranger, await gateway.signInAdministrator()]) {
      const foreign = await gateway.execute(RevealCredential, { input: { credential: { id } } }, who);
      const missing = await gateway.execute(RevealCredential, { input: { credential: { id: absent } } }, who);
      expect(codesOf(foreign)).toEqual(["NOT_FOUND"]);
      expect(foreign.errors?.map((error) => error.message)).toEqual(missing.errors?.map((error) => error.message));
      expect((await gateway.execute(CredentialById, { id }, who)).data?.credential).toBeNull();
    }
    expect(codesOf(await gateway.execute(RevealCredential, { input: { credential: { id } } }))).toEqual(["UNAUTHENTICATED"]);
  });
});

describe("deleting", () => {
  it("takes the wrapped keys with it, and is the owner's alone", async () => {
    const { gateway, token } = await startWithOdoo();
    const id = (await saveApp(gateway, token, "cigar")).data?.saveCredential?.credential?.id ?? "";
    const { token: stranger } = await gateway.signUp("eve");
    expect(codesOf(await gateway.execute(DeleteCredential, { input: { id } }, stranger))).toEqual(["NOT_FOUND"]);
    const { data } = await gateway.execute(DeleteCredential, { input: { id } }, token);
    expect(data?.deleteCredential).toEqual({ deletedId: id, userErrors: [] });
    expect(await gateway.services.database.client.credentialVersion.count()).toBe(0);
    expect(codesOf(await gateway.execute(DeleteCredential, { input: { id } }, token))).toEqual(["NOT_FOUND"]);
  });
});

describe("a row that was changed in the store", () => {
  it.each(["ciphertext", "wrappedKey", "publicFields", "moved"] as const)(
    "shows as UNREADABLE, however lately it was found whole, and disturbs no other: %s",
    async (what) => {
      const { gateway, token } = await startWithOdoo();
      const id = (await saveApp(gateway, token, "cigar")).data?.saveCredential?.credential?.id ?? "";
      await saveApp(gateway, token, "qa");
      const list = async () =>
        (await gateway.execute(Credentials, {}, token)).data?.credentials.nodes.map(({ status }) => status);
      expect(await list()).toEqual(["VALID", "VALID"]);
      const { client } = gateway.services.database;
      const version = await client.credentialVersion.findFirstOrThrow({ where: { credentialId: id } });
      const flipped = (bytes: Uint8Array) =>
        Uint8Array.from(bytes, (byte, place) => (place === bytes.length - 1 ? byte ^ 1 : byte));
      const changes = {
        ciphertext: { ciphertext: flipped(version.ciphertext) },
        wrappedKey: { wrappedKey: flipped(version.wrappedKey) },
        publicFields: { publicFields: version.publicFields.replace("example.test", "evil.test") },
        moved: {},
      };
      if (what === "moved") await client.credential.update({ where: { id }, data: { project: "tobacco" } });
      else await client.credentialVersion.update({ where: { id: version.id }, data: changes[what] });

      expect(await list()).toEqual(["UNREADABLE", "VALID"]);
      const revealed = await gateway.execute(RevealCredential, { input: { credential: { id } } }, token);
      expect(revealed.data?.revealCredential).toBeNull();
      expect(codesOf(revealed)).toEqual(["INTEGRITY_ERROR"]);
      const events = await gateway.execute(AuditEvents, { action: "CREDENTIAL_UNREADABLE" }, token);
      expect(events.data?.auditEvents.totalCount).toBe(1);
    },
  );
});

describe("the list", () => {
  it("pages through everything once, in the same number of queries however long it is", async () => {
    const { gateway, token } = await startWithOdoo();
    for (const project of ["a", "b", "c", "d", "e"]) await saveApp(gateway, token, project);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: CredentialsQuery["credentials"] | undefined = (await gateway.execute(Credentials, { first: 2, after }, token))
        .data?.credentials;
      seen.push(...(page?.nodes.map((node) => node.project) ?? []));
      after = page?.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
    } while (after !== null);
    expect(seen).toEqual(["a", "b", "c", "d", "e"]);

    const countQueries = async (first: number) => {
      const before = gateway.queryCount();
      await gateway.execute(Credentials, { first }, token);
      return gateway.queryCount() - before;
    };
    await countQueries(1);
    expect(await countQueries(5)).toBe(await countQueries(1));
  });

  it("is of some statuses alone when they are named, and counts no others", async () => {
    const { gateway, odoo, token } = await startWithOdoo();
    await saveApp(gateway, token, "a", { test: false });
    await saveOdoo(gateway, token, odoo.url);
    const list = async (...statuses: CredentialStatus[]) => {
      const { data, errors } = await gateway.execute(Credentials, { statuses }, token);
      const { nodes = [], totalCount } = data?.credentials ?? {};
      return { found: nodes.map(({ connector }) => connector.id), totalCount, refusal: errors?.[0]?.extensions };
    };
    expect(await list("VALID")).toMatchObject({ found: ["odoo"], totalCount: 1 });
    expect(await list("UNTESTED", "VALID")).toMatchObject({ found: ["app-login", "odoo"], totalCount: 2 });
    expect(await list("INVALID")).toMatchObject({ found: [], totalCount: 0 });
    expect((await list("VALID", "UNREADABLE")).refusal).toMatchObject({ code: "BAD_USER_INPUT", field: "statuses" });
  });

  it("refuses a page size or cursor that makes no sense, naming the argument", async () => {
    const { gateway, token } = await startWithOdoo();
    for (const variables of [{ first: 0 }, { first: 101 }, { after: "%%%" }]) {
      const { errors } = await gateway.execute(Credentials, variables, token);
      expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", field: Object.keys(variables)[0] });
    }
  });
});

describe("system defaults", () => {
  it("are made by administrators alone", async () => {
    const { gateway, odoo, token } = await startWithOdoo();
    const input = { connector: "odoo", fields: odooFields(odoo.url) };
    expect(codesOf(await gateway.execute(SaveSystemCredential, { input }, token))).toEqual(["FORBIDDEN"]);
    const { data } = await gateway.execute(SaveSystemCredential, { input }, await gateway.signInAdministrator());
    expect(data?.saveSystemCredential).toMatchObject({ credential: { source: "SYSTEM", owner: null }, userErrors: [] });
    expect((await gateway.execute(Credentials, {}, token)).data?.credentials.totalCount).toBe(0);
  });
});

describe("the connectors", () => {
  it("tell every caller what they need, which of it is secret, and what they can do", async () => {
    const gateway = await startGateway();
    const { data } = await gateway.execute(Connectors, {});
    expect(data?.connectors.find((connector) => connector.id === "app-login")).toEqual({
      id: "app-login",
      name: expect.any(String),
      capabilities: expect.arrayContaining(["TEST"]),
      fields: [
        expect.objectContaining({ name: "email", isSecret: false, isRequired: true }),
        expect.objectContaining({ name: "password", isSecret: true, isRequired: true }),
      ],
    });
    expect(data?.connectors.map((connector) => connector.id)).toEqual(expect.arrayContaining(["odoo", "llm-api-key"]));
  });
});
