import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { IssueAccessToken, RevealCredential, SaveCredential } from "../api/documents.ts";
import { createTestStore } from "../support/database.ts";
import { startGateway } from "../support/gateway.ts";
import { startMisbehavingServer } from "../support/misbehaving-server.ts";
import { startPooler } from "../support/pooler.ts";

const FIELDS = [
  { name: "email", value: "ada@example.test" },
  { name: "password", value: "cloud-password" },
];
const LOGIN_API = { credential: { connector: "login-api" } };

it("two nodes serve behind a pooler in transaction mode, and hear of each other's changes by DATABASE_DIRECT_URL", async () => {
  const upstream = await startMisbehavingServer(() => ({
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ statusCode: 200, accessToken: `token-${upstream.requests.length}` }),
  }));
  const store = await createTestStore();
  const direct = store.databaseUrl ?? "";
  const environment = {
    DATABASE_URL: await startPooler(direct),
    DATABASE_DIRECT_URL: direct,
    LOGIN_API_URL: `${upstream.origin}/login`,
  };
  const [here, there] = [await startGateway(environment, store), await startGateway(environment, store)];
  const { token } = await here.signUp("ada");
  const saved = await here.execute(SaveCredential, { input: { connector: "login-api", fields: FIELDS, test: false } }, token);
  const id = saved.data?.saveCredential?.credential?.id ?? "";

  const reveals = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      [here, there][index % 2]?.execute(RevealCredential, { input: { credential: { id } } }, token),
    ),
  );
  const secrets = reveals.map((answer) => answer?.data?.revealCredential?.fields?.find(({ name }) => name === "password")?.value);
  expect(secrets).toEqual(Array(40).fill("cloud-password"));

  const issue = async (gateway: typeof here, forceRefresh = false) =>
    (await gateway.execute(IssueAccessToken, { input: { ...LOGIN_API, forceRefresh } }, token)).data?.issueAccessToken
      ?.accessToken;
  await sleep(1_500); // both listen by now, and keep what they give out
  expect([await issue(here), await issue(there)]).toEqual(["token-1", "token-1"]);
  expect(await issue(here, true)).toBe("token-2");
  await expect.poll(() => issue(there), { timeout: 1_000 }).toBe("token-2");
  await here.close();
  await there.close();
  await store.remove();
});
