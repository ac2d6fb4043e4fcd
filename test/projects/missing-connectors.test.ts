import { describe, expect, it } from "vitest";
import { CredentialStatus } from "../../src/database/generated/sqlite/client.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { listProjects, saveAppLogin, saveProject } from "../support/projects.ts";

const NEEDS_LOGIN = { slug: "cigar", name: "Cigar", requiredConnectors: [{ connector: "app-login" }] };

async function startPortal(environment: Record<string, string> = {}) {
  const gateway = await startGateway(environment);
  const [admin, ada] = [await gateway.signInAdministrator(), (await gateway.signUp("ada")).token];
  return { gateway, admin, ada };
}

/** For each project the ids of the connectors that a viewer lacks. */
async function missing(gateway: Gateway, token: string): Promise<unknown> {
  const projects = (await listProjects(gateway, token, "slug missingConnectors { id }")) as {
    slug: string;
    missingConnectors: { id: string }[];
  }[];
  return Object.fromEntries(projects.map(({ slug, missingConnectors }) => [slug, missingConnectors.map(({ id }) => id)]));
}

const saveDefault = (gateway: Gateway, token: string, connector: string, fields: Record<string, string>) =>
  gateway.query(
    "mutation ($input: SaveCredentialInput!) { saveSystemCredential(input: $input) { credential { id } } }",
    { input: { connector, test: false, fields: Object.entries(fields).map(([name, value]) => ({ name, value })) } },
    token,
  );

describe("what a project needs of a viewer", () => {
  it("is told to each viewer by their own credentials", async () => {
    const { gateway, admin, ada } = await startPortal();
    const bob = (await gateway.signUp("bob")).token;
    await saveProject(gateway, admin, {
      ...NEEDS_LOGIN,
      requiredConnectors: [{ connector: "app-login" }, { connector: "openai" }],
    });
    await saveProject(gateway, admin, { slug: "erp", name: "ERP", requiredConnectors: [{ connector: "odoo" }] });
    await saveProject(gateway, admin, { slug: "wiki", name: "Wiki" });
    await saveAppLogin(gateway, ada, "cigar");
    expect({ ada: await missing(gateway, ada), bob: await missing(gateway, bob) }).toEqual({
      ada: { cigar: ["openai"], erp: ["odoo"], wiki: [] },
      bob: { cigar: ["app-login", "openai"], erp: ["odoo"], wiki: [] },
    });
  });

  it("a credential serves the project that it is for, and all when it is for none", async () => {
    const { gateway, admin, ada } = await startPortal();
    await saveProject(gateway, admin, NEEDS_LOGIN);
    await saveProject(gateway, admin, { ...NEEDS_LOGIN, slug: "whiskey", name: "Whiskey" });
    const named = [{ connector: "app-login", project: "tobacco" }];
    await saveProject(gateway, admin, { slug: "other", name: "Other", requiredConnectors: named });
    const steps: unknown[] = [await missing(gateway, ada)];
    for (const project of ["cigar", "", "tobacco"]) {
      await saveAppLogin(gateway, ada, project);
      steps.push(await missing(gateway, ada));
    }
    expect(steps).toEqual([
      { cigar: ["app-login"], other: ["app-login"], whiskey: ["app-login"] },
      { cigar: [], other: ["app-login"], whiskey: ["app-login"] },
      { cigar: [], other: ["app-login"], whiskey: [] },
      { cigar: [], other: [], whiskey: [] },
    ]);
  });

  it("a credential serves unless it was refused or has expired; an upstream out of reach is not its fault", async () => {
    const { gateway, admin, ada } = await startPortal();
    await saveProject(gateway, admin, NEEDS_LOGIN);
    const id = await saveAppLogin(gateway, ada, "");
    const seen: Record<string, unknown> = {};
    for (const status of Object.values(CredentialStatus)) {
      await gateway.services.database.client.credential.update({ where: { id }, data: { status } });
      seen[status] = await missing(gateway, ada);
    }
    const [serves, lacks] = [{ cigar: [] }, { cigar: ["app-login"] }];
    expect(seen).toEqual({ VALID: serves, UNTESTED: serves, UNREACHABLE: serves, INVALID: lacks, EXPIRED: lacks });
  });

  it("one that was refused is made up for by another, and one that cannot be read serves nothing", async () => {
    const { gateway, admin, ada } = await startPortal();
    const { client } = gateway.services.database;
    await saveProject(gateway, admin, NEEDS_LOGIN);
    const refused = await saveAppLogin(gateway, ada, "");
    await client.credential.update({ where: { id: refused }, data: { status: "INVALID" } });
    const other = await saveAppLogin(gateway, ada, "", "second");
    const madeUp = await missing(gateway, ada);
    await client.credentialVersion.updateMany({ where: { credentialId: other }, data: { ciphertext: Buffer.from("changed") } });
    expect([madeUp, await missing(gateway, ada)]).toEqual([{ cigar: [] }, { cigar: ["app-login"] }]);
  });

  it.each([
    ["allow", []],
    ["deny", ["llm-api-key"]],
  ])("a system default serves under FALLBACK_POLICY=%s: missing is %j", async (policy, expected) => {
    const { gateway, admin, ada } = await startPortal({ FALLBACK_POLICY: policy });
    await saveProject(gateway, admin, { slug: "chat", name: "Chat", requiredConnectors: [{ connector: "llm-api-key" }] });
    await saveDefault(gateway, admin, "llm-api-key", { api_key: "sk-of-all", base_url: "https://llm.example/v1" });
    expect(await missing(gateway, ada)).toEqual({ chat: expected });
  });

  it("somebody else's credential serves nobody", async () => {
    const { gateway, admin, ada } = await startPortal();
    await saveProject(gateway, admin, NEEDS_LOGIN);
    await saveAppLogin(gateway, admin, "");
    expect(await missing(gateway, ada)).toEqual({ cigar: ["app-login"] });
  });

  it("costs as many queries for thirty projects as for one", async () => {
    const { gateway, admin, ada } = await startPortal();
    await saveAppLogin(gateway, ada, "");
    const countOnce = async () => {
      const before = gateway.queryCount();
      await listProjects(gateway, ada, "slug launchUrl requiredConnectors { connector { id } } missingConnectors { id }");
      return gateway.queryCount() - before;
    };
    // What is cleared away every few seconds asks, too.
    const count = async () => Math.min(await countOnce(), await countOnce(), await countOnce());
    await saveProject(gateway, admin, NEEDS_LOGIN);
    const forOne = await count();
    for (let index = 0; index < 29; index += 1) await saveProject(gateway, admin, { ...NEEDS_LOGIN, slug: `project-${index}` });
    expect([await count(), forOne]).toEqual([forOne, 3]);
  });
});
