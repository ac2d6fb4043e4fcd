import { expect, it } from "vitest";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { answerOf, ask, createServiceToken } from "../support/rest.ts";

const HMS_API_TOKEN = "a-token-from-the-old-days";
const PATH = "GET /api/v1/credentials";
const INVALID_TOKEN = { status: 401, body: { detail: "Invalid API token" } };
const INVALID_APP = { status: 400, body: { detail: "Invalid app_name. Must be one of: cigar, tobacco, whiskey, qa" } };
const NO_USER = { status: 404, body: { detail: "No credentials found for user 'bpauley'" } };
const FOUND = { status: 200, body: { dev_cigar_email: "tester@example.com", dev_cigar_password: "smoke and mirrors" } };

function notConfigured(app: string) {
  return { status: 404, body: { detail: `Credentials for app '${app}' not configured for user 'bpauley'` } };
}

/** A gateway whose user bpauley has a login for the application cigar; gives bpauley's own token too. */
async function startWithLogin(environment: Record<string, string> = {}) {
  const gateway = await startGateway({ HMS_API_TOKEN, ...environment });
  const { token } = await gateway.signUp("bpauley");
  const credentials = { email: "tester@example.com", password: "smoke and mirrors" };
  const json = { credentialType: "app-login", projectId: "cigar", credentials };
  expect((await ask(gateway, "POST /api/credentials", { token, json })).status).toBe(201);
  return { gateway, ownToken: token };
}

it("a login is found by user and application, by the old token and by a service token", async () => {
  const { gateway } = await startWithLogin();
  expect(await answerOf(gateway, `${PATH}/bpauley/cigar`, { token: HMS_API_TOKEN })).toEqual(FOUND);
  const token = await createServiceToken(gateway, { permissions: ["credential:reveal"], projects: ["cigar"] });
  expect(await answerOf(gateway, `${PATH}/bpauley/cigar`, { token })).toEqual(FOUND);
  expect(await answerOf(gateway, `${PATH}/bpauley/cigar/`, { token })).toEqual(FOUND);
});

it("token, application, user and login are checked in this order", async () => {
  const { gateway, ownToken } = await startWithLogin();
  const token = HMS_API_TOKEN;
  for (const wrong of [undefined, "wrong", `${HMS_API_TOKEN}x`, ownToken, "pst_000000000000000000000000000000000000"]) {
    expect(await answerOf(gateway, `${PATH}/nobody/nothing`, { token: wrong })).toEqual(INVALID_TOKEN);
  }
  expect(await answerOf(gateway, `${PATH}/nobody/nothing`, { token })).toEqual(INVALID_APP);
  expect(await answerOf(gateway, `${PATH}/bpauley/CIGAR`, { token })).toEqual(INVALID_APP);
  expect(await answerOf(gateway, `${PATH}/unknown_user/cigar`, { token })).toEqual({
    status: 404,
    body: { detail: "No credentials found for user 'unknown_user'" },
  });
  expect(await answerOf(gateway, `${PATH}/bpauley/tobacco`, { token })).toEqual(notConfigured("tobacco"));
});

it("names are decoded, whatever is in them, and echoed as they were meant", async () => {
  const { gateway } = await startWithLogin({ TEST_APPS: "cigar,über app" });
  const token = HMS_API_TOKEN;
  const names = ["O'Brien", "a/b", "100%", "名前".repeat(30), "x\u0000y", "x".repeat(5_000), "../../etc", "<script>"];
  for (const name of names) {
    expect(await answerOf(gateway, `${PATH}/${encodeURIComponent(name)}/cigar`, { token })).toEqual({
      status: 404,
      body: { detail: `No credentials found for user '${name}'` },
    });
  }
  expect(await answerOf(gateway, `${PATH}/bpauley/${encodeURIComponent("über app")}`, { token })).toEqual(
    notConfigured("über app"),
  );
  expect(await answerOf(gateway, `${PATH}/BPauley/cigar`, { token })).toEqual(FOUND);
});

it("what a token is not limited to looks like a user who is not there, and without the permission it is 403", async () => {
  const { gateway } = await startWithLogin();
  for (const limits of [{ users: ["somebody"] }, { projects: ["tobacco"] }, { connectors: ["odoo"] }]) {
    const token = await createServiceToken(gateway, limits);
    expect(await answerOf(gateway, `${PATH}/bpauley/cigar`, { token })).toEqual(NO_USER);
  }
  const token = await createServiceToken(gateway, { permissions: ["credential:read"] });
  expect(await answerOf(gateway, `${PATH}/bpauley/cigar`, { token })).toEqual({
    status: 403,
    body: { detail: "This needs the permission credential:reveal." },
  });
});

it("the old token opens no other route", async () => {
  const { gateway } = await startWithLogin();
  const token = HMS_API_TOKEN;
  const query = "?credentialType=app-login&projectId=cigar&username=bpauley";
  for (const target of [`GET /api/credentials${query}`, "GET /me", "GET /api/user/credentials", "POST /api/user/token"]) {
    expect((await ask(gateway, target, { token })).status).toBe(403);
  }
});

it("each reveal is on record with who asked, before it is answered", async () => {
  const { gateway } = await startWithLogin();
  await ask(gateway, `${PATH}/bpauley/cigar`, { token: HMS_API_TOKEN });
  const events = await gateway.services.database.client.auditEvent.findMany({ where: { action: "CREDENTIAL_REVEALED" } });
  expect(events.map(({ actorType, actorId, outcome }) => ({ actorType, actorId, outcome }))).toEqual([
    { actorType: "SERVICE", actorId: "environment", outcome: "SUCCEEDED" },
  ]);
});

it("a store that cannot be read is 500 with a message that shows no internals", async () => {
  const { gateway } = await startWithLogin();
  await breakStore(gateway);
  const { status, body } = await ask(gateway, `${PATH}/bpauley/cigar`, { token: HMS_API_TOKEN });
  expect([status, body]).toEqual([500, { detail: expect.stringMatching(/^Failed to fetch credentials: [A-Z][a-zA-Z ,.]+$/) }]);
  expect(await answerOf(gateway, `${PATH}/bpauley/nothing`, { token: HMS_API_TOKEN })).toEqual(INVALID_APP);
  expect((await answerOf(gateway, "GET /health")).body).toMatchObject({ status: "ok" });
});

/** Takes the table away under the gateway. */
async function breakStore({ services }: Gateway): Promise<void> {
  await services.database.client.$executeRawUnsafe('ALTER TABLE "Credential" RENAME TO "Gone"');
}

it("the hundred and first request of a minute is 429, told when to come back, and counted ahead of the token", async () => {
  const { gateway } = await startWithLogin();
  const first = await ask(gateway, `${PATH}/bpauley/cigar`, { token: "wrong" });
  expect(limitHeaders(first.headers)).toEqual({ limit: "100", remaining: "99", reset: "60", policy: "100;w=60", retry: null });
  const rest = await Promise.all(
    Array.from({ length: 99 }, () => ask(gateway, `${PATH}/bpauley/cigar`, { token: HMS_API_TOKEN })),
  );
  expect(rest.filter(({ status }) => status === 200).length).toBe(99);
  const late = await ask(gateway, `${PATH}/bpauley/cigar`, { token: HMS_API_TOKEN });
  expect([late.status, late.body]).toEqual([
    429,
    { detail: expect.stringMatching(/^Too many requests\. Come back in \d+ s\.$/) },
  ]);
  const { remaining, reset, retry } = limitHeaders(late.headers);
  expect([remaining, retry]).toEqual(["0", reset]);
  expect((await ask(gateway, "GET /health")).status).toBe(200);
  expect((await ask(gateway, "GET /me")).status).toBe(401);
});

function limitHeaders(headers: Headers) {
  const [limit, remaining, reset, policy] = ["limit", "remaining", "reset", "policy"].map((name) =>
    headers.get(`ratelimit-${name}`),
  );
  return { limit, remaining, reset, policy, retry: headers.get("retry-after") };
}
