import { expect, test } from "vitest";
import { exportTrail } from "../../src/audit/trail-export.ts";
import { verifyTrail } from "../../src/audit/trail-verification.ts";
import { watchRoutes } from "../authorization/operations.ts";
import { startWorld } from "../authorization/world.ts";
import { breakTrail } from "../support/audit.ts";
import { type Gateway, startGateway, USER_PASSWORD } from "../support/gateway.ts";
import { NAUGHTY_STRINGS } from "../support/naughty-strings.ts";
import { ask, type RestRequest } from "../support/rest.ts";

const LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { accessToken userErrors { code } } }";
const SAVE = "mutation ($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } } }";
const REVEAL = "mutation ($input: RevealCredentialInput!) { revealCredential(input: $input) { fields { value } } }";
const VERIFY =
  "mutation { verifyAuditChain { isWhole faultCount checkedEvents totalEvents finishedAt faults { kind sequence } } }";
const EVENTS = `query ($actions: [String!], $from: DateTime, $to: DateTime, $order: AuditOrder) {
  auditEvents(actions: $actions, from: $from, to: $to, order: $order) { nodes { action sequence chainId } totalCount } }`;

const KEY = "sk-test-0123456789abcdefghijklmnop";
const input = { connector: "openai", test: false, fields: [{ name: "api_key", value: KEY }] };

test("without an audit trail no secret moves, answered by UNAVAILABLE, while health and signing in stay", async () => {
  const gateway = await startGateway();
  const { token } = await gateway.signUp("ada");
  const saved = await gateway.query(SAVE, { input }, token);
  const id = (saved.data?.saveCredential as { credential: { id: string } } | undefined)?.credential.id;
  await breakTrail(gateway.services.database);

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

test("without an audit trail the keys are not rotated: the ring stays as it was", async () => {
  const gateway = await startGateway();
  const admin = await gateway.signInAdministrator();
  const { ring } = gateway.services;
  const before = ring.ids();
  await breakTrail(gateway.services.database);
  const answer = await gateway.query("mutation { startKeyRotation { userErrors { code } } }", {}, admin);
  expect([answer.errors?.[0]?.extensions.code, ring.ids()]).toEqual(["UNAVAILABLE", before]);
});

const LOGIN_FIELDS = { email: "ada@example.test", password: "another password" };
const ODOO_LOGIN = { odoo_username: "admin", odoo_password: "admin", odoo_database: "odoo_db" };

/** What a route is asked with, and by whom when not by Ada. */
type Asked = Readonly<Record<string, RestRequest & { readonly path?: string; readonly by?: string }>>;

/** Routes that no secret passes and nothing is written by, or that nobody is kept out of by a full trail. */
const GOES_ON: Asked = {
  "GET /.well-known/jwks.json": {},
  "GET /api/user/credentials": {},
  "GET /api_keys": {},
  "GET /health": {},
  "GET /health/ready": {},
  "GET /me": {},
  "GET /metrics": { by: "admin" },
  "GET /openapi.json": {},
  "GET /protected": {},
  "POST /api/v1/auth/token": { form: { username: "bob", password: USER_PASSWORD } },
  "POST /login": { form: { username: "bob", password: USER_PASSWORD } },
};

/** All others. */
const STOPS: Asked = {
  "ANY /api/call/{credentialId}/{path}": {},
  "ANY /api/user/call/{path}": {},
  "DELETE /api/credentials/{id}": {},
  "DELETE /api/user/credentials": {},
  "DELETE /api/v1/profile/odoo-credentials": {},
  "DELETE /api_keys/{model_name}": {},
  "GET /api/credentials": { path: "/api/credentials?credentialType=app-login&projectId=qa" },
  "GET /api/v1/credentials/{username}/{app_name}": { by: "env" },
  "GET /api/v1/profile/odoo-credentials": {},
  "POST /api/credentials": { json: { credentialType: "app-login", projectId: "new", credentials: LOGIN_FIELDS } },
  "POST /api/user/token": {},
  "POST /api/v1/profile/odoo-credentials": { json: ODOO_LOGIN },
  "POST /api/v1/profile/odoo-credentials/test": { json: ODOO_LOGIN },
  "POST /register": { json: { username: "zoe", password: USER_PASSWORD } },
  "POST /set_api_key": { json: { model_name: "mistral", api_key: "another-key-of-a-model" } },
  "PUT /api/credentials/{id}": { json: { credentials: LOGIN_FIELDS } },
  "PUT /api/user/credentials": { json: { api_auth_email: "ada@example.test", api_auth_password: "another password" } },
};

test("without an audit trail every REST route that a secret passes answers 503 in its system's shape, and the others go on", async () => {
  const { routes, result: world } = await watchRoutes(startWorld);
  const { gateway, records, tokens, odooUrl } = world;
  const pages = /^GET \/(assets|graphql|\{path\}|docs|playground)?(\/|$)/;
  expect(routes.filter((route) => !(route in STOPS || route in GOES_ON || pages.test(route)))).toEqual([]);
  await ask(gateway, "POST /set_api_key", { token: tokens.owner, json: { model_name: "mistral", api_key: "a-key-of-a-model" } });
  const { client } = gateway.services.database;
  const counts = () => Promise.all([client.credential.count(), client.credentialVersion.count(), client.user.count()]);
  const before = await counts();
  await breakTrail(gateway.services.database);

  const values: Record<string, string | undefined> = { id: records.appLogin, credentialId: records.loginApi, username: "ada" };
  const known = { ...values, app_name: "qa", model_name: "mistral", path: "things" };
  const send = async (route: string, { path, by = "owner", ...request }: Asked[string]) => {
    const [method = "", pattern = ""] = route.split(" ");
    const address = path ?? pattern.replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof known) => known[name] ?? "none");
    const json = request.json === ODOO_LOGIN ? { json: { ...ODOO_LOGIN, odoo_url: odooUrl } } : {};
    return ask(gateway, `${method === "ANY" ? "POST" : method} ${address}`, { token: tokens[by], ...request, ...json });
  };
  const said = "The audit trail cannot be written just now. Try again.";
  for (const [route, request] of Object.entries(STOPS)) {
    const { status, body } = await send(route, request);
    const key = route.includes("/api/credentials") ? "error" : "detail";
    const message = route.includes("{app_name}") ? `Failed to fetch credentials: ${said}` : said;
    expect([route, status, body]).toEqual([route, 503, { [key]: message }]);
  }
  for (const [route, request] of Object.entries(GOES_ON))
    expect([route, (await send(route, request)).status]).toEqual([route, 200]);
  expect(await counts()).toEqual(before);
}, 120_000);

const MACHINE_TOKEN = "a-token-from-the-old-days";

/** All that a header may carry of a text. */
const headerOf = (text: string) =>
  Buffer.from(text)
    .toString("latin1")
    .replace(/[^\x20-\x7e\x80-\xff]/g, "");

/** A text in every place that takes one: fields, names, query, address, headers. */
async function sendEverywhere(gateway: Gateway, token: string, text: string): Promise<void> {
  const header = headerOf(text);
  const headers = { "user-agent": header, "x-request-id": header, "x-forwarded-for": header, "x-forwarded-proto": header };
  const named = { connector: "openai", label: text, project: text, test: false, fields: [{ name: "api_key", value: KEY }] };
  const json = { query: SAVE, variables: { input: named }, extensions: { [text]: text } };
  const encoded = encodeURIComponent(text.toWellFormed());
  await ask(gateway, "POST /graphql", { token, headers, json });
  await ask(gateway, `GET /api/v1/credentials/${encoded}/cigar?${encoded}=${encoded}`, { token: MACHINE_TOKEN, headers });
}

test("264 naughty strings, wherever they come in, forge no line of the log or of an exported trail", async () => {
  expect(new Set(NAUGHTY_STRINGS).size).toBe(264);
  const gateway = await startGateway({
    TRUSTED_PROXIES: "127.0.0.1/32",
    RATE_LIMIT_PER_MINUTE: "0",
    HMS_API_TOKEN: MACHINE_TOKEN,
  });
  const { token } = await gateway.signUp("ada");
  const logged = () => gateway.log().split("\n").slice(0, -1);
  const before = logged().length;
  for (const text of NAUGHTY_STRINGS) await sendEverywhere(gateway, token, text);
  for (const text of NAUGHTY_STRINGS.slice(0, 3)) await gateway.query(LOGIN, { input: { username: text, password: text } });

  const answered = logged()
    .slice(before)
    .map((line) => JSON.parse(line) as { msg: string; route?: string });
  const lineCount = answered.filter(({ msg }) => msg === "answered").length;
  expect(lineCount).toBeLessThanOrEqual(264 * 2 + 3);
  // But for addresses that are too long to be read.
  expect(lineCount).toBeGreaterThan(264 * 2 - 10);
  expect(answered.filter(({ msg }) => /forged/i.test(msg))).toEqual([]);
  expect(gateway.log()).toMatch(/^[\x20-\x7e\n]+$/);

  const { database, auditSecret: secret, audit } = gateway.services;
  await audit.signHeads();
  const lines: string[] = [];
  for await (const line of exportTrail({ database, secret }, {})) lines.push(line);
  for (const line of lines) expect(line).toMatch(/^[\x20-\x7e]+$/);
  const exported = lines.map((line) => JSON.parse(line) as { type: string; action?: string; events?: number });
  const events = exported.filter(({ type }) => type === "event");
  expect(exported.at(-1)).toMatchObject({ type: "end", events: events.length });
  expect(events).toHaveLength(await database.client.auditEvent.count());
  expect(events.length).toBeGreaterThan(100);
  expect(events.filter(({ action }) => action === "FORGED")).toEqual([]);
  expect(await verifyTrail({ database, secret, headsFile: null })).toMatchObject({ faultCount: 0 });
}, 120_000);

test("an administrator verifies the trail, sees its chains, and is on record for it once", async () => {
  const gateway = await startGateway();
  const admin = await gateway.signInAdministrator();
  const { data, errors } = await gateway.query(VERIFY, {}, admin);
  expect([errors, data?.verifyAuditChain]).toMatchObject([undefined, { isWhole: true, faultCount: 0, faults: [] }]);
  const readChains = () => gateway.query("{ auditChains { sequence signedSequence isEnded } }", {}, admin);
  // The first reading is on record itself, and is to be signed for as well.
  await readChains();
  await gateway.services.audit.signHeads();
  const answer = await readChains();
  const chains = (answer.data?.auditChains ?? []) as { sequence: number; signedSequence: number; isEnded: boolean }[];
  for (const { sequence, signedSequence } of chains) expect(signedSequence).toBe(sequence);
  // Those of the process that was stopped on the store before are ended.
  expect(new Set(chains.map(({ isEnded }) => isEnded))).toEqual(new Set([true, false]));
  const read = await gateway.query(EVENTS, {}, admin);
  // Whoever reads finds themselves there: the rows and their count are of one moment, after it was put on record.
  const events = read.data?.auditEvents as { nodes: { action: string }[]; totalCount: number } | undefined;
  expect([events?.nodes[0]?.action, events?.totalCount]).toEqual(["AUDIT_READ", events?.nodes.length]);
  for (let times = 0; times < 2; times += 1) await gateway.query(EVENTS, {}, admin);
  const { client } = gateway.services.database;
  expect(await client.auditEvent.count({ where: { action: "AUDIT_VERIFIED", outcome: "SUCCEEDED" } })).toBe(1);
  expect(await client.auditEvent.count({ where: { action: "AUDIT_READ" } })).toBe(1);
  await client.auditEvent.updateMany({ where: { action: "USER_SIGNED_IN" }, data: { ip: "192.0.2.7" } });
  const broken = await gateway.query(VERIFY, {}, admin);
  expect(broken.data?.verifyAuditChain).toMatchObject({ isWhole: false, faults: [{ kind: "CHANGED" }] });
});

test.each(["auditChains { id }", "auditStatistics { count }", "auditEvents { totalCount }"])(
  "whoever reads the trail by %s is on record for it",
  async (query) => {
    const gateway = await startGateway();
    const admin = await gateway.signInAdministrator();
    for (let times = 0; times < 2; times += 1) expect((await gateway.query(`{ ${query} }`, {}, admin)).errors).toBeUndefined();
    expect(await gateway.services.database.client.auditEvent.count({ where: { action: "AUDIT_READ" } })).toBe(1);
  },
);

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
  // PostgreSQL knows no year 0; SQLite finds nothing before it.
  const { data, errors } = await gateway.query(EVENTS, { to: "0000-01-01T00:00:00Z" }, token);
  const nothing = { auditEvents: { nodes: [], totalCount: 0 } };
  expect(errors?.map(({ extensions }) => extensions.code) ?? data).toEqual(errors === undefined ? nothing : ["BAD_USER_INPUT"]);

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
