import { expect, test } from "vitest";
import { type Gateway, startGateway, USER_PASSWORD } from "../support/gateway.ts";

const LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { accessToken userErrors { code } } }";
const SAVE = "mutation ($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } } }";
const REVEAL = "mutation ($input: RevealCredentialInput!) { revealCredential(input: $input) { fields { value } } }";
const VERIFY =
  "mutation { verifyAuditChain { isWhole faultCount checkedEvents totalEvents finishedAt faults { kind sequence } } }";
const EVENTS = `query ($actions: [String!], $from: DateTime, $to: DateTime, $order: AuditOrder) {
  auditEvents(actions: $actions, from: $from, to: $to, order: $order) { nodes { action sequence chainId } } }`;

const KEY = "sk-test-0123456789abcdefghijklmnop";
const input = { connector: "openai", test: false, fields: [{ name: "api_key", value: KEY }] };

/** Makes every write of an event fail, as a full or damaged trail would. */
async function breakTrail({ services }: Gateway): Promise<void> {
  const { client, provider } = services.database;
  if (provider === "sqlite") {
    await client.$executeRaw`CREATE TRIGGER "broken" BEFORE INSERT ON "AuditEvent" BEGIN SELECT RAISE(ABORT, 'full'); END`;
    return;
  }
  await client.$executeRaw`CREATE FUNCTION broken() RETURNS trigger AS 'BEGIN RAISE EXCEPTION ''full''; END' LANGUAGE plpgsql`;
  await client.$executeRaw`CREATE TRIGGER broken BEFORE INSERT ON "AuditEvent" FOR EACH ROW EXECUTE FUNCTION broken()`;
}

test("without an audit trail no secret moves, answered by UNAVAILABLE, while health and signing in stay", async () => {
  const gateway = await startGateway();
  const { token } = await gateway.signUp("ada");
  const saved = await gateway.query(SAVE, { input }, token);
  const id = (saved.data?.saveCredential as { credential: { id: string } } | undefined)?.credential.id;
  await breakTrail(gateway);

  const unavailable = [{ extensions: { code: "UNAVAILABLE" } }];
  expect(await gateway.query(REVEAL, { input: { credential: { id } } }, token)).toMatchObject({ errors: unavailable });
  const other = { ...input, fields: [{ name: "api_key", value: `${KEY}-other` }] };
  expect(await gateway.query(SAVE, { input: other }, token)).toMatchObject({ errors: unavailable });
  expect(await gateway.services.database.client.credentialVersion.count()).toBe(1);

  expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
  const login = (password: string) => gateway.query(LOGIN, { input: { username: "ada", password } });
  expect((await login(USER_PASSWORD)).data?.login).toMatchObject({ accessToken: expect.any(String), userErrors: [] });
  expect((await login("wrong password here")).data?.login).toMatchObject({ userErrors: [{ code: "INVALID_LOGIN" }] });
  expect(await gateway.query("mutation { logout }", {}, token)).toMatchObject({ data: { logout: true } });
  expect(gateway.log()).toContain("an event could not be put on record");
}, 120_000);

test("an administrator verifies the trail, sees its chains, and is on record for it once", async () => {
  const gateway = await startGateway();
  const admin = await gateway.signInAdministrator();
  const { data, errors } = await gateway.query(VERIFY, {}, admin);
  expect([errors, data?.verifyAuditChain]).toMatchObject([undefined, { isWhole: true, faultCount: 0, faults: [] }]);
  await gateway.services.audit.signHeads();
  const chains = await gateway.query("{ auditChains { sequence signedSequence isEnded } }", {}, admin);
  for (const chain of (chains.data?.auditChains ?? []) as { sequence: number; signedSequence: number }[]) {
    expect(chain).toEqual({ sequence: chain.sequence, signedSequence: chain.sequence, isEnded: false });
  }
  for (let times = 0; times < 3; times += 1) await gateway.query(EVENTS, {}, admin);
  const { client } = gateway.services.database;
  expect(await client.auditEvent.count({ where: { action: "AUDIT_VERIFIED", outcome: "SUCCEEDED" } })).toBe(1);
  expect(await client.auditEvent.count({ where: { action: "AUDIT_READ" } })).toBe(1);
  await client.auditEvent.updateMany({ where: { action: "USER_SIGNED_IN" }, data: { ip: "192.0.2.7" } });
  const broken = await gateway.query(VERIFY, {}, admin);
  expect(broken.data?.verifyAuditChain).toMatchObject({ isWhole: false, faults: [{ kind: "CHANGED" }] });
});

test("events are filtered by time and kinds, in either order, and counted by hour and by day", async () => {
  const gateway = await startGateway();
  const { token } = await gateway.signUp("ada");
  const read = async (variables: Record<string, unknown>) => {
    const { data } = await gateway.query(EVENTS, variables, token);
    const events = data?.auditEvents as { nodes: { action: string }[] } | undefined;
    return events?.nodes.map(({ action }) => action);
  };
  expect(await read({ order: "OLDEST_FIRST" })).toEqual(["USER_REGISTERED", "USER_SIGNED_IN"]);
  expect(await read({ actions: ["USER_REGISTERED", "CREDENTIAL_SAVED"] })).toEqual(["USER_REGISTERED"]);
  const [past, future] = [new Date(Date.now() - 3_600_000).toISOString(), new Date(Date.now() + 3_600_000).toISOString()];
  expect(await read({ from: past, to: future })).toEqual(["USER_SIGNED_IN", "USER_REGISTERED"]);
  expect(await read({ from: future })).toEqual([]);
  expect(await read({ to: past })).toEqual([]);

  const admin = await gateway.signInAdministrator();
  const count = async (interval: string, from?: string) => {
    const text = `query ($from: DateTime) { auditStatistics(from: $from, interval: ${interval}) { start action outcome count } }`;
    const { data } = await gateway.query(text, { from }, admin);
    return data?.auditStatistics as { start: string; action: string; outcome: string; count: number }[];
  };
  for (const interval of ["HOUR", "DAY"]) {
    const signedIn = (await count(interval)).filter(({ action }) => action === "USER_SIGNED_IN");
    expect(signedIn.reduce((sum, each) => sum + each.count, 0)).toBe(2);
    for (const { start } of signedIn) expect(start).toMatch(interval === "DAY" ? /T00:00:00/ : /T\d\d:00:00/);
  }
  expect(
    await gateway.query('{ auditStatistics(from: "1990-01-01T00:00:00Z", interval: HOUR) { count } }', {}, admin),
  ).toMatchObject({
    errors: [{ extensions: { code: "BAD_USER_INPUT", field: "from" } }],
  });
});
