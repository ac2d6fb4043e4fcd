import { type Gateway, startGateway, USER_PASSWORD } from "../support/gateway.ts";
import { startMisbehavingServer } from "../support/misbehaving-server.ts";
import { startOdooServer } from "../support/odoo-server.ts";
import { hmacToken } from "../support/stolen-signer.ts";
import { serviceTokenInputs } from "./viewers.ts";

const ISSUER_SECRET = "the secret of the chat front end, long enough";
const ENVIRONMENT_TOKEN = "a-token-from-the-old-days";

/** A gateway with one record of each type, most of them Ada's, and a token for each kind of viewer. */
export type World = {
  readonly gateway: Gateway;
  readonly odooUrl: string;
  /** Ids by what they are of. */
  readonly records: Readonly<Record<string, string>>;
  /** Undefined for nobody. */
  readonly tokens: Readonly<Record<string, string | undefined>>;
  /** The same users in sessions of their own, for what ends the session. */
  readonly spareTokens: Readonly<Record<string, string>>;
  /** The data of an answer without errors. */
  ask(text: string, variables: Record<string, unknown>, token?: string): Promise<unknown>;
};

const SAVE = "mutation ($input: SaveCredentialInput!) { result: saveCredential(input: $input) { credential { id } } }";
const SAVE_DEFAULT = SAVE.replace(": saveCredential", ": saveSystemCredential");
const CREATE_TOKEN = `mutation ($input: CreateServiceTokenInput!) {
  result: createServiceToken(input: $input) { token serviceToken { id } }
}`;
const REVOKE = "mutation ($input: RevokeServiceTokenInput!) { revokeServiceToken(input: $input) { serviceToken { id } } }";
const LOGIN = "mutation ($input: LoginInput!) { result: login(input: $input) { accessToken } }";
const ROLE = "mutation ($id: ID!, $role: Role!) { changeUserRole(id: $id, role: $role) { user { id } } }";
const DISABLE = "mutation ($id: ID!) { setUserActive(id: $id, isActive: false) { user { id } } }";
const PROJECT =
  'mutation { result: saveProject(input: { slug: "apollo", name: "Apollo", requiredConnectors: [{ connector: "odoo" }] }) { project { id } } }';
const TEST = "mutation ($input: TestCredentialInput!) { result: testCredential(input: $input) { connectionTest { id } } }";
const SYNC = "mutation { c: syncContactsFromOdoo { run { id } } p: syncProductsFromOdoo { run { id } } }";
const ROWS = "{ contacts { nodes { id } } products { nodes { id } } auditEvents { nodes { id } } sessions { id } }";

/** Value at a path of data that is known to be there. */
function at(data: unknown, ...steps: readonly (string | number)[]): string {
  const value = steps.reduce<unknown>((part, step) => (part as Record<string | number, unknown>)[step], data);
  if (typeof value !== "string") throw new Error(`nothing at ${steps.join(".")} of ${JSON.stringify(data)}`);
  return value;
}

const fieldsOf = (values: Record<string, string>) => Object.entries(values).map(([name, value]) => ({ name, value }));

/** Two upstreams: an Odoo, and a cloud API that takes any login and answers every call. */
async function startUpstreams() {
  const odoo = await startOdooServer({ partners: 3, products: 2 });
  const cloud = await startMisbehavingServer(() => ({
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ statusCode: 200, accessToken: "a-token-of-the-cloud" }),
  }));
  return { odoo, cloud };
}

/** Starts the world that verdicts are about; it ends with the test. */
export async function startWorld(): Promise<World> {
  const { odoo, cloud } = await startUpstreams();
  const gateway = await startGateway({
    LOGIN_API_URL: `${cloud.origin}/login`,
    LOGIN_API_BASE_URL: `${cloud.origin}/api`,
    TRUSTED_ISSUERS: JSON.stringify([{ name: "chat", secret: ISSUER_SECRET }]),
    HMS_API_TOKEN: ENVIRONMENT_TOKEN,
    RATE_LIMIT_PER_MINUTE: "0",
    GENERAL_RATE_LIMIT_PER_MINUTE: "0",
    LOGIN_FREE_ATTEMPTS: "1000",
    LOGIN_FAILURES_PER_IP: "1000000",
  });
  const ask: World["ask"] = async (text, variables, token) => {
    const { data, errors } = await gateway.query(text, variables, token);
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  };
  const users = await makeUsers(gateway, ask);
  const records = await makeRecords(ask, users.tokens, odoo.url);
  const machines = await makeServiceTokens(ask, users.tokens.admin);
  const tokens = { ...users.tokens, ...machines.tokens, env: ENVIRONMENT_TOKEN, bad: "a.b.c", anon: undefined };
  const world = { gateway, odooUrl: odoo.url, ask, tokens, spareTokens: users.spareTokens };
  return { ...world, records: { ...records, ...users.ids, serviceToken: machines.spareId } };
}

async function makeUsers(gateway: Gateway, ask: World["ask"]) {
  const signIn = async (username: string) =>
    at(await ask(LOGIN, { input: { username, password: USER_PASSWORD } }), "result", "accessToken");
  const admin = await gateway.signInAdministrator();
  const [ada, bob, fay, dan, vera] = await Promise.all(["ada", "bob", "fay", "dan", "vera"].map((name) => gateway.signUp(name)));
  if (!ada || !bob || !fay || !dan || !vera) throw new Error("not all could sign up");
  await ask(ROLE, { id: fay.userId, role: "ADMIN" }, admin);
  const tokens = {
    owner: ada.token,
    other: bob.token,
    admin,
    former: await signIn("fay"),
    off: dan.token,
    ended: await signIn("ada"),
    issuer: issuerToken(),
  };
  const spareTokens = { owner: await signIn("ada"), other: await signIn("bob"), former: await signIn("fay") };
  await signIn("ada");
  await ask(ROLE, { id: fay.userId, role: "USER" }, admin);
  await ask(DISABLE, { id: dan.userId }, admin);
  await ask("mutation { logout }", {}, tokens.ended);
  const ids = { user: vera.userId, ada: ada.userId, bob: bob.userId };
  return { tokens, spareTokens: { ...spareTokens, admin: await gateway.signInAdministrator() }, ids };
}

function issuerToken(): string {
  const exp = Math.floor(Date.now() / 1_000) + 3_600;
  return hmacToken({ header: { typ: "JWT" }, claims: { id: "carol", exp } }, "HS256", ISSUER_SECRET);
}

async function makeRecords(ask: World["ask"], { owner, admin }: { owner: string; admin: string }, odooUrl: string) {
  const save = async (connector: string, project: string, values: Record<string, string>, text = SAVE, token = owner) =>
    at(
      await ask(text, { input: { connector, project, fields: fieldsOf(values), test: false } }, token),
      "result",
      "credential",
      "id",
    );
  const login = { email: "ada@example.test", password: "a password of ada" };
  const odoo = { url: odooUrl, database: "odoo_db", username: "admin", password: "admin" };
  const credential = await save("odoo", "apollo", odoo);
  const loginApi = await save("login-api", "apollo", login);
  const appLogin = await save("app-login", "qa", login);
  const spareCredential = await save("app-login", "apollo", login);
  const systemCredential = await save("anthropic", "", { api_key: "sk-the-house's" }, SAVE_DEFAULT, admin);
  const tested = await ask(TEST, { input: { credential: { id: appLogin } } }, owner);
  const synced = await ask(SYNC, {}, owner);
  const rows = await ask(ROWS, {}, owner);
  return {
    credential,
    loginApi,
    appLogin,
    spareCredential,
    systemCredential,
    test: at(tested, "result", "connectionTest", "id"),
    run: at(synced, "c", "run", "id"),
    contact: at(rows, "contacts", "nodes", 0, "id"),
    product: at(rows, "products", "nodes", 0, "id"),
    event: at(rows, "auditEvents", "nodes", 0, "id"),
    session: at(rows, "sessions", 0, "id"),
    project: at(await ask(PROJECT, {}, admin), "result", "project", "id"),
  };
}

async function makeServiceTokens(ask: World["ask"], admin: string) {
  const tokens: Record<string, string> = {};
  const ids: Record<string, string> = {};
  for (const [name, input] of Object.entries({ ...serviceTokenInputs(), spare: { permissions: ["credential:read"] } })) {
    const made = await ask(CREATE_TOKEN, { input: { name, ...input } }, admin);
    tokens[name] = at(made, "result", "token");
    ids[name] = at(made, "result", "serviceToken", "id");
  }
  await ask(REVOKE, { input: { id: ids.gone } }, admin);
  return { tokens, spareId: ids.spare ?? "" };
}
