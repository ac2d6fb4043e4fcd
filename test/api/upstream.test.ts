import { describe, expect, it } from "vitest";
import { auditTrail } from "../support/access.ts";
import { createTestStore } from "../support/database.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { type MisbehavingServer, startMisbehavingServer } from "../support/misbehaving-server.ts";
import { adminFields, startOdooForTest } from "../support/odoo-connector.ts";
import {
  AuditEvents,
  CallUpstream,
  DeleteCredential,
  IssueAccessToken,
  SaveCredential,
  SaveSystemCredential,
  SetUserActive,
} from "./documents.ts";

const TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjbG91ZCJ9.c2lnbmF0dXJlLW9mLXRoZS1jbG91ZA";
const JSON_TYPE = { "content-type": "application/json" };

type Cloud = MisbehavingServer & { readonly logins: () => number };

/** A cloud API with a login route; any other path answers what it was called with. */
async function startCloud(): Promise<Cloud> {
  const server = await startMisbehavingServer(({ path, method, headers, body }) =>
    path === "/login"
      ? { headers: JSON_TYPE, body: JSON.stringify({ statusCode: 200, accessToken: TOKEN }) }
      : { headers: JSON_TYPE, body: JSON.stringify({ path, method, authorization: headers.authorization, body }) },
  );
  return { ...server, logins: () => server.requests.filter((request) => request.path === "/login").length };
}

async function start(environment: Record<string, string> = {}): Promise<{ gateway: Gateway; cloud: Cloud }> {
  const cloud = await startCloud();
  const gateway = await startGateway({
    LOGIN_API_URL: `${cloud.origin}/login`,
    LOGIN_API_BASE_URL: `${cloud.origin}/api`,
    ...environment,
  });
  return { gateway, cloud };
}

const FIELDS = [
  { name: "email", value: "ada@example.test" },
  { name: "password", value: "cloud-password" },
];
const LOGIN_API = { credential: { connector: "login-api" } };
const save = (gateway: Gateway, token: string) =>
  gateway.execute(SaveCredential, { input: { connector: "login-api", fields: FIELDS, test: false } }, token);

type Usage = {
  readonly tokens: readonly Record<string, number>[];
  readonly upstreams: readonly { readonly connector: string; readonly minutes: readonly Record<string, number>[] }[];
};

describe("an upstream access token", () => {
  it("that is in memory is handed out with one statement to the store, the audit's, until the credential changes", async () => {
    const { gateway } = await start({ API_AUTH_EMAIL: "default@example.test", API_AUTH_PASSWORD: "default-password" });
    const { token } = await gateway.signUp("ada");
    const issue = async () => {
      const before = gateway.queryCount();
      const { data } = await gateway.execute(IssueAccessToken, { input: LOGIN_API }, token);
      return { source: data?.issueAccessToken?.source, statements: gateway.queryCount() - before };
    };
    await issue();
    // On a machine that is busy a second passes between two, and the store is asked what is meant; so the least of some counts.
    const issued = [await issue(), await issue(), await issue(), await issue(), await issue()];
    expect(issued.map(({ source }) => source)).toEqual(Array(5).fill("SYSTEM"));
    expect(Math.min(...issued.map(({ statements }) => statements))).toBe(1);
    await save(gateway, token);
    expect(await issue()).toMatchObject({ source: "USER" });
  });

  it("comes from one login, then from the cache, and says whose credential it is", async () => {
    const { gateway, cloud } = await start();
    const { token } = await gateway.signUp("ada");
    await save(gateway, token);
    const first = await gateway.execute(IssueAccessToken, { input: LOGIN_API }, token);
    expect(first.data?.issueAccessToken).toEqual({
      accessToken: TOKEN,
      expiresAt: expect.any(String),
      isCached: false,
      source: "USER",
      userErrors: [],
    });
    const again = await Promise.all(
      Array.from({ length: 10 }, () => gateway.execute(IssueAccessToken, { input: LOGIN_API }, token)),
    );
    expect(again.map(({ data }) => data?.issueAccessToken?.isCached)).toEqual(Array(10).fill(true));
    expect(cloud.logins()).toBe(1);
    const events = await gateway.execute(AuditEvents, { action: "ACCESS_TOKEN_ISSUED" }, token);
    expect(events.data?.auditEvents.totalCount).toBe(11);
    const usage =
      "{ usage(minutes: 5) { tokens { memory shared upstream failed } upstreams { connector minutes { count failed } } } }";
    const answer = await gateway.query(usage, {}, await gateway.signInAdministrator());
    const { tokens, upstreams } = (answer.data as { usage: Usage }).usage;
    const sum = (rows: readonly Record<string, number>[] = [], name = "") => rows.reduce((all, row) => all + (row[name] ?? 0), 0);
    expect(["memory", "shared", "upstream", "failed"].map((name) => sum(tokens, name))).toEqual([10, 0, 1, 0]);
    expect(upstreams.map(({ connector, minutes }) => [connector, sum(minutes, "count")])).toEqual([["login-api", 1]]);
    await gateway.services.credentials.uses.flush();
    expect(await gateway.services.database.client.credential.count({ where: { lastUsedAt: { not: null } } })).toBe(1);
  });

  it("is forgotten when the credential changes, when it is deleted, and when its owner is disabled", async () => {
    const { gateway, cloud } = await start();
    const administrator = await gateway.signInAdministrator();
    const { token, userId } = await gateway.signUp("ada");
    await save(gateway, token);
    const issue = () => gateway.execute(IssueAccessToken, { input: LOGIN_API }, token);
    const cached = () => gateway.services.database.client.accessToken.findMany({ where: { ciphertext: { not: null } } });

    await issue();
    await save(gateway, token);
    await issue();
    expect(cloud.logins()).toBe(2);
    expect(await cached()).toHaveLength(1);
    await gateway.execute(SetUserActive, { id: userId, isActive: false }, administrator);
    expect(await cached()).toHaveLength(0);
    const { token: another } = await gateway.signUp("eve");
    const theirs = (await save(gateway, another)).data?.saveCredential?.credential?.id ?? "";
    await gateway.execute(IssueAccessToken, { input: LOGIN_API }, another);
    expect(await cached()).toHaveLength(1);
    await gateway.execute(DeleteCredential, { input: { id: theirs } }, another);
    expect(await cached()).toHaveLength(0);
  });

  it("comes from the system default where the policy allows, which says so, and not where it denies", async () => {
    for (const [policy, expected] of [
      ["allow", "SYSTEM"],
      ["deny", undefined],
    ] as const) {
      const { gateway } = await start({ FALLBACK_POLICY: policy });
      const input = { connector: "login-api", fields: FIELDS, test: false };
      await gateway.execute(SaveSystemCredential, { input }, await gateway.signInAdministrator());
      const { token } = await gateway.signUp("ada");
      const answer = await gateway.execute(IssueAccessToken, { input: LOGIN_API }, token);
      expect(answer.data?.issueAccessToken?.source).toBe(expected);
      if (policy === "deny") expect(answer.errors?.[0]?.extensions.code).toBe("NOT_FOUND");
      await gateway.close();
    }
  });

  it("that the upstream refuses is an error of the payload, told once a minute without asking again", async () => {
    const { gateway, cloud } = await start();
    cloud.behave(() => ({ status: 401, headers: JSON_TYPE, body: JSON.stringify({ statusCode: 401, message: "no" }) }));
    const { token } = await gateway.signUp("ada");
    await save(gateway, token);
    for (let round = 0; round < 3; round += 1) {
      const { data, errors } = await gateway.execute(IssueAccessToken, { input: LOGIN_API }, token);
      expect(errors).toBeUndefined();
      expect(data?.issueAccessToken).toMatchObject({ accessToken: null, userErrors: [{ code: "CREDENTIAL_REJECTED" }] });
    }
    expect(cloud.requests).toHaveLength(1);
  });
});

describe("a call through the gateway", () => {
  it("carries the upstream's token, which the caller never sees, even when the upstream echoes it", async () => {
    const { gateway, cloud } = await start();
    const { token } = await gateway.signUp("ada");
    await save(gateway, token);
    const input = { ...LOGIN_API, method: "POST" as const, path: "/clusters?all=1", body: '{"name":"one"}' };
    const { data } = await gateway.execute(CallUpstream, { input }, token);
    expect(data?.callUpstream).toMatchObject({ source: "USER", response: { status: 200 }, userErrors: [] });
    expect(JSON.parse(data?.callUpstream?.response?.body ?? "")).toEqual({
      path: "/api/clusters?all=1",
      method: "POST",
      authorization: "Bearer ***",
      body: '{"name":"one"}',
    });
    expect(cloud.requests.at(-1)?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(JSON.stringify(cloud.requests.at(-1)?.headers)).not.toContain(token);
  });

  it("that leaves the credential's base URL is refused before anything is sent", async () => {
    const { gateway, cloud } = await start();
    const { token } = await gateway.signUp("ada");
    await save(gateway, token);
    for (const path of ["/../admin", "/%2e%2e/admin", "//evil.test/x", "/\\evil.test", "http://evil.test/"]) {
      const { errors } = await gateway.execute(CallUpstream, { input: { ...LOGIN_API, path } }, token);
      expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", field: "path" });
    }
    expect(cloud.requests).toHaveLength(0);
  });
});

describe("an operation that waits for an upstream", () => {
  it("ends when its caller goes away, and leaves the place to the next", async () => {
    const odoo = await startOdooForTest({ partners: 5 });
    const gateway = await startGateway({ CALLER_OPERATIONS: "1" });
    const { token } = await gateway.signUp("ada");
    const fields = Object.entries(adminFields(odoo.url)).map(([name, value]) => ({ name, value }));
    await gateway.execute(SaveCredential, { input: { connector: "odoo", test: false, fields } }, token);
    odoo.breakWith({ kind: "hang" });
    const request = fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: "mutation { syncContactsFromOdoo { success } }" }),
      signal: AbortSignal.timeout(1_000),
    });
    await expect(request).rejects.toThrow("timeout");
    expect((await gateway.query("{ me { username } }", {}, token)).data).toEqual({ me: { username: "ada" } });
  });
});

describe("the system default of the environment", () => {
  it("goes where the environment says at every start, and a call right before a stop is on record to its end", async () => {
    const store = await createTestStore("started");
    const account = { API_AUTH_EMAIL: "default@example.test", API_AUTH_PASSWORD: "default-password" };
    const startAt = async () => {
      const { origin, close } = await startCloud();
      const gateway = await startGateway({ ...account, LOGIN_API_URL: `${origin}/login`, LOGIN_API_BASE_URL: origin }, store);
      const { token } = await gateway.signUp(`user-of-${new URL(origin).port}`);
      const { status } = await fetch(`${gateway.url}/api/user/call/x`, { headers: { authorization: `Bearer ${token}` } });
      await gateway.close();
      await close();
      return status;
    };
    expect([await startAt(), await startAt()]).toEqual([200, 200]);
    const { services, close } = await startGateway({}, store);
    const calls = (await auditTrail(services.database)).map(({ action }) => action).filter((action) => /CALL/.test(action));
    expect(calls).toEqual(["UPSTREAM_CALL_STARTED", "UPSTREAM_CALLED", "UPSTREAM_CALL_STARTED", "UPSTREAM_CALLED"]);
    await close();
    await store.remove();
  });

  it("is no new version at each start for a space that its connector takes away, and said to be of no use where it is", async () => {
    const store = await createTestStore("started");
    const startWith = async (username: string, password: string) => {
      const gateway = await startGateway({ ODOO_DB: "erp", ODOO_USERNAME: username, ODOO_PASSWORD: password }, store);
      const { client } = gateway.services.database;
      const found = await client.credential.findMany({ select: { version: true } });
      await gateway.close();
      return {
        found,
        warnings: gateway
          .log()
          .split("\n")
          .filter((line) => line.includes("system default cannot be used")).length,
      };
    };
    const asBefore = { found: [{ version: 1 }], warnings: 0 };
    expect([await startWith("bot ", "default-password"), await startWith("bot ", "default-password")]).toEqual([
      asBefore,
      asBefore,
    ]);
    expect(await startWith("bot", "default\npassword")).toEqual({ found: [{ version: 1 }], warnings: 1 });
    await store.remove();
  });
});
