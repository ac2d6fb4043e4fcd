import { expect, test } from "vitest";
import { type Gateway, startGateway } from "../../support/gateway.ts";
import { countRows, createStore, PORTAL, runImport } from "../../support/import.ts";
import { createOldStore } from "../../support/old-store.ts";

async function createServiceToken(gateway: Gateway): Promise<string> {
  const { data } = await gateway.query(
    `mutation { createServiceToken(input: { name: "portal", permissions: ["credential:reveal"] }) { token } }`,
    {},
    await gateway.signInAdministrator(),
  );
  return (data as { createServiceToken: { token: string } }).createServiceToken.token;
}

for (const [spelling, type, project] of [
  ["snake case", "credential_type", "project_id"],
  ["camel case", "credentialType", "projectId"],
] as const) {
  test(`the portal moves in, its columns in ${spelling}: machines get every key as before`, async () => {
    const old = await createOldStore(PORTAL(`"${type}" VARCHAR, "${project}" VARCHAR, credentials JSONB, created_at TIMESTAMP`));
    const row = (id: number, username: string, connector: string, slug: string | null, credentials: unknown) => ({
      id,
      username,
      [type]: connector,
      [project]: slug,
      credentials: JSON.stringify(credentials),
    });
    await old.insert("credentials", [
      row(1, "ada", "openai", "al-chat", { api_key: "sk-ada" }),
      row(2, "bob", "app-login", "ai-resume", { email: "bob@example.com", password: "bobs päss word " }),
      row(3, "ada", "anthropic", null, { api_key: "sk-ant-ada" }),
      row(4, "carl", "openai", "al-chat", { api_key: "" }),
    ]);
    const store = await createStore();
    const before = await old.checksum();
    const run = await runImport(store, ["--from", "portal", "--source", old.source, "--apply"]);
    expect(run).toEqual({
      code: 0,
      lines: [
        "outcome | user | what | where",
        "create user | ada | user | without a password: an administrator has to set one",
        "create credential | ada | openai al-chat | credentials id=1",
        "create credential | ada | anthropic | credentials id=3",
        "create user | bob | user | without a password: an administrator has to set one",
        "create credential | bob | app-login ai-resume | credentials id=2",
        "no credential | carl | openai al-chat | credentials id=4: it is empty",
        "",
        "Done: create user 2, create credential 3, no credential 1.",
      ],
    });
    expect(await old.checksum()).toBe(before);
    const gateway = await startGateway({}, store);
    const token = await createServiceToken(gateway);
    const fetchOld = async (query: string) => {
      const response = await fetch(`${gateway.url}/api/credentials?${query}`, { headers: { authorization: `Bearer ${token}` } });
      return ((await response.json()) as { credentials: { credentials: unknown } }).credentials.credentials;
    };
    expect(await fetchOld("username=ada&credentialType=openai&projectId=al-chat")).toMatchObject({ api_key: "sk-ada" });
    expect(await fetchOld("username=ada&credentialType=anthropic")).toMatchObject({ api_key: "sk-ant-ada" });
    expect(await fetchOld("username=bob&credentialType=app-login&projectId=ai-resume")).toEqual({
      email: "bob@example.com",
      password: "bobs päss word ",
    });
  });
}

test("the portal's rows are refused one by one: an unknown type, wrong fields, what is no JSON, a second of one kind", async () => {
  const old = await createOldStore(PORTAL("credential_type VARCHAR, project_id VARCHAR, credentials TEXT"));
  const row = (id: number, credential_type: string, credentials: string) => ({
    id,
    username: "ada",
    credential_type,
    credentials,
  });
  await old.insert("credentials", [
    row(1, "openai", '{"api_key":"sk-ada"}'),
    row(2, "github", '{"token":"ghp-secret"}'),
    row(3, "app-login", '{"email":"ada@example.com","pass":"p-secret"}'),
    row(4, "anthropic", '{"api_key": "sk-secret'),
    row(5, "odoo", '{"password": 12345}'),
    row(6, "openai", '{"api_key":"sk-secret-two"}'),
  ]);
  const store = await createStore();
  const run = await runImport(store, ["--from", "portal", "--source", old.source, "--apply"]);
  expect([run.code, run.lines.slice(1, -2)]).toEqual([
    1,
    [
      "create user | ada | user | without a password: an administrator has to set one",
      "create credential | ada | openai | credentials id=1",
      expect.stringMatching(/^REFUSED \| ada \| github \| credentials id=2: There is no such connector\. Known are: odoo, /),
      expect.stringMatching(
        /^REFUSED \| ada \| app-login \| credentials id=3: pass: There is no such field.* password: This field is required\.$/,
      ),
      "REFUSED | ada | anthropic | credentials id=4: its credentials are no JSON object",
      "REFUSED | ada | odoo | credentials id=5: password: this field must be text",
      "REFUSED | ada | openai | credentials id=6: credentials id=1 is the same connector, project and label",
    ],
  ]);
  expect(run.lines.join("\n")).not.toContain("secret");
  expect(await countRows(store)).toMatchObject({ users: 1, credentials: 1, versions: 1 });
});
