import { ask, type RestRequest } from "../../support/rest.ts";

/** An answer, and the names of the secrets that it is asked for: they alone may stand in it. */
type Answer = { readonly where: string; readonly content: Buffer; readonly carries: readonly string[] };

export type Upstreams = {
  /** An Odoo that takes `odooRight` alone. */
  readonly odoo: string;
  /** A login API that gives `upstreamToken` to `apiOwn` and to nobody else, and repeats everything that it is sent. */
  readonly echo: string;
};

/** Secrets by name. Those that the gateway makes are added as they come. */
export type Secrets = Record<string, string>;

/** Where everything is typed in, asked for and refused; keeps the answers. */
export class Conversation {
  readonly answers: Answer[] = [];

  constructor(
    private readonly node: { readonly url: string },
    readonly secrets: Secrets,
  ) {}

  /** Asks a route; `carries` names what the answer is asked for. */
  async route(target: string, request: RestRequest = {}, ...carries: readonly string[]): Promise<unknown> {
    const { status, body, headers } = await ask(this.node, target, request);
    const content = Buffer.from(`${status}\n${JSON.stringify([...headers])}\n${JSON.stringify(body)}`);
    this.answers.push({ where: `${target.split("?")[0]} (${this.answers.length})`, content, carries });
    return body;
  }

  async graphql(query: string, variables: object, token?: string, ...carries: readonly string[]): Promise<unknown> {
    return this.route("POST /graphql", { json: { query, variables }, token }, ...carries);
  }

  /** The text at a member of the answer, noted as a secret under a name that the answer may carry. */
  async secretFrom(name: string, pattern: RegExp, asking: Promise<unknown>): Promise<string> {
    const body = JSON.stringify(await asking);
    const found = pattern.exec(body)?.[1];
    if (found === undefined) throw new Error(`There is no ${name} in ${body.slice(0, 300)}`);
    this.secrets[name] = found;
    return found;
  }
}

const SAVE =
  "mutation ($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } connectionTest { code message } userErrors { message } } }";
const REVEAL = "mutation ($input: RevealCredentialInput!) { revealCredential(input: $input) { fields { name value } } }";
const LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { accessToken refreshToken userErrors { code } } }";
const REGISTER =
  "mutation ($input: RegisterInput!) { register(input: $input) { accessToken refreshToken user { id } userErrors { code } } }";
const ACCESS = /"accessToken":"([^"]+)"/;
const REFRESH = /"refreshToken":"([^"]+)"/;

const fieldsOf = (fields: Record<string, string | undefined>) =>
  Object.entries(fields).map(([name, value]) => ({ name, value: value ?? "" }));

/** People sign in, rightly and wrongly, by every way there is. */
async function signIn(talk: Conversation): Promise<{ user: string; admin: string }> {
  const { secrets } = talk;
  const register = (username: string, password?: string) =>
    talk.graphql(REGISTER, { input: { username, password } }, undefined, "userToken", "userRefresh");
  const registered = register("ada", secrets.account);
  const user = await talk.secretFrom("userToken", ACCESS, registered);
  const refresh = await talk.secretFrom("userRefresh", REFRESH, registered);
  const query = "mutation ($token: String) { refreshSession(refreshToken: $token) { accessToken refreshToken } }";
  await talk.secretFrom("nextRefresh", REFRESH, talk.graphql(query, { token: refresh }, undefined, "nextRefresh", "nextToken"));
  await talk.route("POST /register", { json: { username: "grace", email: "g@example.test", password: secrets.demoAccount } });
  for (const form of [
    { username: "ada", password: secrets.wrongForm ?? "" },
    { username: secrets.typedAsName ?? "", password: "x" },
  ]) {
    await talk.route("POST /login", { form });
    await talk.route("POST /api/v1/auth/token", { form });
    await talk.graphql(LOGIN, { input: form });
  }
  await talk.graphql(LOGIN, { input: { username: "grace", password: secrets.wrongGraphql } });
  const form = { username: "grace", password: secrets.demoAccount ?? "" };
  await talk.secretFrom("formToken", /"access_token":"([^"]+)"/, talk.route("POST /login", { form }, "formToken"));
  const asAdmin = talk.graphql(
    LOGIN,
    { input: { username: "admin", password: secrets.administrator } },
    undefined,
    "adminToken",
    "adminRefresh",
  );
  await talk.secretFrom("adminRefresh", REFRESH, asAdmin);
  return { user, admin: await talk.secretFrom("adminToken", ACCESS, asAdmin) };
}

/** What is no request at all, with a secret in it. */
async function misspeak(talk: Conversation, user: string): Promise<void> {
  const { secrets } = talk;
  const quoted = JSON.stringify(secrets.literal);
  await talk.route("POST /graphql", { raw: { body: `{"query": "{ me ${secrets.malformed}`, type: "application/json" } });
  await talk.graphql(LOGIN, { input: { username: "ada", password: [secrets.wrongType] } });
  await talk.graphql(`mutation { login(input: { username: "ada", password: ${quoted} }) { userErrors { code } } }`, {});
  await talk.graphql(`mutation { login(input: { username: "ada", pass: ${quoted} }) { userErrors { code } } }`, {});
  await talk.graphql(`mutation { login(input: { username: "ada", password: ${quoted} } { `, {});
  await talk.route("POST /api/credentials", {
    token: user,
    json: { credentialType: secrets.wrongType, projectId: "p", credentials: {} },
  });
  await talk.route("GET /api_keys", { token: secrets.wrongBearer });
  await talk.route("GET /api/v1/credentials/ada/cigar", { token: secrets.wrongBearer });
  await talk.graphql("{ me { id } }", {}, secrets.wrongBearer);
  await talk.route(`GET /api_keys?access_token=${encodeURIComponent(user)}&api_key=${encodeURIComponent(secrets.inQuery ?? "")}`);
  await talk.route(`GET /${encodeURIComponent(secrets.inPath ?? "")}`, { headers: { "x-api-key": secrets.wrongBearer ?? "" } });
}

/** Credentials of every connector by GraphQL: taken, refused, replaced, revealed, used. */
async function goByGraphql(talk: Conversation, user: string, { odoo, echo }: Upstreams): Promise<void> {
  const { secrets } = talk;
  const save = (connector: string, fields: Record<string, string | undefined>, test: boolean, label = "default") =>
    talk.graphql(SAVE, { input: { connector, label, test, fields: fieldsOf(fields) } }, user);
  const odooFields = { url: odoo, database: "odoo_db", username: "admin" };
  await save("odoo", { ...odooFields, password: secrets.odooRefused }, true);
  await save("odoo", { ...odooFields, password: secrets.odooReplaced }, false);
  await save("odoo", { ...odooFields, password: secrets.odooRight }, true);
  await save("odoo", { ...odooFields, url: echo, password: secrets.odooEchoed }, true, "echoed");
  await save("odoo", { ...odooFields, url: "http://169.254.169.254", password: secrets.odooBlocked }, true, "blocked");
  await save(
    "login-api",
    { email: "ada@example.test", login_url: `${echo}/login`, password: secrets.apiRefused },
    true,
    "refused",
  );
  await save("llm-api-key", { base_url: echo, api_key: secrets.llmKey }, true, "echoed");
  await save("anthropic", { base_url: echo, api_key: secrets.anthropicKey }, true, "echoed");
  await save("app-login", { email: "", password: secrets.appInvalid }, true, "invalid");
  await talk.graphql(REVEAL, { input: { credential: { connector: "odoo" } } }, user, "odooRight");
  await talk.graphql("mutation { syncContactsFromOdoo { success message errors } }", {}, user);
  await talk.graphql(
    "{ credentials(first: 50) { nodes { id fields { name value } versions { version } lastTest { message } } } }",
    {},
    user,
  );
  await talk.graphql("{ auditEvents(first: 100) { nodes { action outcome details { name value } } } }", {}, user);
}

/** The login API's token: handed out, cached, used in calls whose answers repeat it. */
async function goThrough(talk: Conversation, user: string, { echo }: Upstreams): Promise<void> {
  const { secrets } = talk;
  const own = { api_auth_email: "ada@example.test", api_auth_password: secrets.apiOwn };
  await talk.route("PUT /api/user/credentials", { token: user, json: own });
  await talk.route("GET /api/user/credentials", { token: user });
  await talk.route("POST /api/user/token", { token: user }, "upstreamToken");
  const headers = { "x-secret": secrets.callHeader ?? "" };
  const query = `secret=${encodeURIComponent(secrets.callQuery ?? "")}`;
  const sent = ["callHeader", "callQuery", "callBody"];
  await talk.route(`POST /api/user/call/echo?${query}`, { token: user, headers, json: { secret: secrets.callBody } }, ...sent);
  const input = {
    credential: { connector: "login-api" },
    method: "POST",
    path: `/echo?${query}`,
    headers: [{ name: "x-secret", value: secrets.callHeader }],
    body: secrets.callBody,
  };
  const call =
    "mutation ($input: CallUpstreamInput!) { callUpstream(input: $input) { response { status body headers { name value } } userErrors { code } } }";
  await talk.graphql(call, { input }, user, ...sent);
  await talk.route("PUT /api/user/credentials", {
    token: user,
    json: { ...own, api_auth_password: secrets.apiChanged, login_url: echo },
  });
  await talk.route("POST /api/user/token", { token: user });
}

/** The routes of the five systems that take or give secrets. */
async function goByRest(talk: Conversation, user: string, { odoo, echo }: Upstreams): Promise<void> {
  const { secrets } = talk;
  const login = { email: "ada@example.test", password: secrets.appLogin };
  const create = { credentialType: "app-login", projectId: "cigar", credentials: login };
  await talk.route("POST /api/credentials", { token: user, json: create });
  await talk.route("GET /api/v1/credentials/ada/cigar", { token: secrets.machine }, "appLogin");
  const made = await talk.route("POST /api/credentials", {
    token: user,
    json: { credentialType: "openai", projectId: "al-chat", credentials: { api_key: secrets.portalKey } },
  });
  const { id } = ((made as { credentials?: { id: string } }).credentials ?? made) as { id: string };
  await talk.route("POST /api/credentials", { token: user, json: create });
  await talk.route("GET /api/credentials?credentialType=openai&projectId=al-chat", { token: user }, "portalKey");
  await talk.route(`PUT /api/credentials/${id}`, { token: user, json: { credentials: { api_key: secrets.portalChanged } } });
  await talk.route("GET /api/credentials", { token: user });
  await talk.route("POST /set_api_key", { token: user, json: { model_name: "openai", api_key: secrets.modelKey } });
  await talk.route("GET /api_keys", { token: user });
  const profile = (password: string | undefined, url: string) => ({
    token: user,
    json: { odoo_username: "admin", odoo_password: password, odoo_database: "odoo_db", odoo_url: url },
  });
  await talk.route("POST /api/v1/profile/odoo-credentials", profile(secrets.profileRefused, odoo));
  await talk.route("POST /api/v1/profile/odoo-credentials/test", profile(secrets.profileEchoed, echo));
  await talk.route("POST /api/v1/profile/odoo-credentials", profile(secrets.odooRight, odoo));
  await talk.route("GET /api/v1/profile/odoo-credentials", { token: user }, "odooRight");
  await talk.route("GET /metrics", {});
}

/** Passwords that change, and a token for machines. */
async function administer(talk: Conversation, user: string, admin: string): Promise<void> {
  const { secrets } = talk;
  const change =
    "mutation ($old: String!, $new: String!) { changePassword(currentPassword: $old, newPassword: $new) { userErrors { code } } }";
  await talk.graphql(change, { old: secrets.confirmedWrongly, new: secrets.changed }, user);
  await talk.graphql(
    "mutation ($p: String!) { confirmPassword(password: $p) { userErrors { code } } }",
    { p: secrets.confirmedWrongly },
    user,
  );
  await talk.graphql(change, { old: secrets.account, new: secrets.changed }, user);
  const create = `mutation { createServiceToken(input: { name: "m", permissions: ["credential:read"] }) { token } }`;
  await talk.secretFrom("serviceToken", /"token":"(pst_[^"]+)"/, talk.graphql(create, {}, admin, "serviceToken"));
  await talk.graphql("{ credentials(first: 5) { nodes { id } } }", {}, secrets.serviceToken);
  const { data } = (await talk.graphql("{ users(first: 10) { nodes { id username } } }", {}, admin)) as {
    data: { users: { nodes: { id: string; username: string }[] } };
  };
  const id = data.users.nodes.find(({ username }) => username === "grace")?.id;
  const reset = "mutation ($id: ID!, $password: String) { resetUserPassword(id: $id, password: $password) { password } }";
  await talk.graphql(reset, { id, password: secrets.givenByAdmin }, admin);
  await talk.secretFrom("madeByReset", /"password":"([^"]+)"/, talk.graphql(reset, { id }, admin, "madeByReset"));
}

/** Takes every secret through every way in. */
export async function converse(talk: Conversation, upstreams: Upstreams): Promise<void> {
  const { user, admin } = await signIn(talk);
  await misspeak(talk, user);
  await goByGraphql(talk, user, upstreams);
  await goThrough(talk, user, upstreams);
  await goByRest(talk, user, upstreams);
  await administer(talk, user, admin);
}
