import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { SaveCredential } from "../api/documents.ts";
import { startGateway } from "../support/gateway.ts";
import { startMisbehavingServer } from "../support/misbehaving-server.ts";
import { startOdooServer } from "../support/odoo-server.ts";

const run = promisify(execFile);
const PASSWORD = "correct horse battery";
const TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl";
const HMS_API_TOKEN = "a-token-of-old-days";

/** The shell lines of a section of the README that run a command, in order. */
function commandsOf(section: string, command: string): string[] {
  const text =
    readFileSync("README.md", "utf8")
      .split(section)[1]
      ?.split(/\n#{2,3} /)[0] ?? "";
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? "");
  return blocks.flatMap((block) => block.split("\n")).filter((line) => line.startsWith(command));
}

/** A gateway over real upstreams, with the user ada of the README and what her old systems had of hers. */
async function startMigrated() {
  const cloud = await startMisbehavingServer(() => ({
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ statusCode: 200, accessToken: TOKEN }),
  }));
  const odoo = await startOdooServer({ partners: 15, products: 23 });
  const gateway = await startGateway({ LOGIN_API_URL: `${cloud.origin}/login`, ODOO_URL: odoo.url, HMS_API_TOKEN });
  const { token } = await gateway.signUp("ada", PASSWORD);
  const fields = [
    { name: "email", value: "ada@example.test" },
    { name: "password", value: "cigar-secret" },
  ];
  await gateway.execute(SaveCredential, { input: { connector: "app-login", project: "cigar", fields } }, token);
  const env = { ...process.env, URL: gateway.url, JWT: token, HMS_API_TOKEN };
  const answers = async (section: string) => {
    const found: unknown[] = [];
    for (const line of commandsOf(section, "curl")) found.push(JSON.parse((await run("bash", ["-c", line], { env })).stdout));
    return found;
  };
  return { gateway, odoo, answers };
}

describe("the README's lines for clients that move in", () => {
  it("A: stores the login of the chat assistant's user and hands out the upstream's token", async () => {
    const { answers } = await startMigrated();
    expect(await answers("### A. Chat assistant")).toEqual([
      { message: "API credentials updated successfully", has_credentials: true, api_auth_email: "ada@example.test" },
      { statusCode: 200, accessToken: TOKEN },
    ]);
  });

  it("B: gives a test run its login", async () => {
    const { answers } = await startMigrated();
    expect(await answers("### B. Test framework")).toEqual([
      { dev_cigar_email: "ada@example.test", dev_cigar_password: "cigar-secret" },
    ]);
  });

  it("C: stores and gives a project's key", async () => {
    const { answers } = await startMigrated();
    const row = {
      id: expect.any(String),
      username: "ada",
      credentialType: "openai",
      projectId: "al-chat",
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    };
    expect(await answers("### C. Portal")).toEqual([
      { credentials: { ...row, credentials: expect.not.objectContaining({ api_key: "sk-test" }) } },
      { credentials: { ...row, credentials: { api_key: "sk-test" } } },
    ]);
  });

  it("D: signs in by form and tries an Odoo login", async () => {
    const { answers, odoo } = await startMigrated();
    expect(await answers("### D. Odoo")).toEqual([
      { access_token: expect.any(String), token_type: "bearer", expires_in: expect.any(Number) },
      {
        message: "Odoo credentials test successful",
        odoo_uid: 2,
        contact_count: expect.any(Number),
        product_count: 23,
        odoo_url: odoo.url,
        odoo_database: "odoo_db",
      },
    ]);
  });

  it("E: signs in by form and keeps a model's key", async () => {
    const { answers } = await startMigrated();
    expect(await answers("### E. Chat demo")).toEqual([
      { access_token: expect.any(String), token_type: "bearer" },
      { message: "API key for openai set successfully" },
    ]);
  });
});

describe("the README's first session", () => {
  it("registers, saves an Odoo login, syncs and searches, as it stands there", async () => {
    const odoo = await startOdooServer({ partners: 60 });
    const gateway = await startGateway();
    const section = readFileSync("README.md", "utf8").split("## A first session")[1] ?? "";
    const script = (/```sh\n([\s\S]*?)```/.exec(section)?.[1] ?? "")
      .replaceAll("http://127.0.0.1:4000", gateway.url)
      .replaceAll("http://localhost:8069", odoo.url);
    const { stdout } = await run("bash", ["-c", script], { cwd: gateway.store.dataDir });
    const [registered, saved, synced, found] = stdout
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as { data: unknown });
    expect(registered?.data).toEqual({ register: { accessToken: expect.any(String), userErrors: [] } });
    expect(saved?.data).toMatchObject({ saveCredential: { credential: { status: "VALID" }, userErrors: [] } });
    expect(synced?.data).toMatchObject({ syncContactsFromOdoo: { success: true, errors: [] } });
    expect(found?.data).toMatchObject({ contacts: { totalCount: expect.any(Number) } });
  });
});
