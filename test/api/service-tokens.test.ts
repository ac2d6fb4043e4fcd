import { expect, test } from "vitest";
import type { Permission } from "../../src/access/permission.ts";
import { makeServiceToken } from "../../src/access/service-token.ts";
import type { ServiceLimits, ServiceViewer } from "../../src/access/viewer.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { ask } from "../support/rest.ts";

/** The part of an answer that must be there. */
function partOf<Part>({ data, errors }: { data?: Record<string, unknown> | null; errors?: unknown }, field: string): Part {
  const part = data?.[field];
  if (part == null) throw new Error(JSON.stringify(errors));
  return part as Part;
}

type Selector = Readonly<Record<string, string>>;

const SAVE = `mutation ($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } userErrors { code } } }`;
const CREATE = `mutation ($input: CreateServiceTokenInput!) {
  createServiceToken(input: $input) { token serviceToken { id users } userErrors { field code } } }`;
const REVEAL = `mutation ($input: RevealCredentialInput!) {
  revealCredential(input: $input) { credential { project } fields { name value } } }`;
const LIST = "{ credentials { totalCount nodes { id project source } } }";

async function saveLogin({ query }: Gateway, token: string, project: string, connector = "app-login"): Promise<string> {
  const secret = connector === "app-login" ? "password" : "api_key";
  const fields = [{ name: secret, value: `secret-of-${project}` }];
  if (connector === "app-login") fields.push({ name: "email", value: "tester@example.com" });
  const answer = await query(SAVE, { input: { connector, project, fields, test: false } }, token);
  return partOf<{ credential: { id: string } }>(answer, "saveCredential").credential.id;
}

/** A gateway with the users alice and bob, who have a login each for `cigar`, alice one for `whiskey` too. */
async function startWithLogins(environment: Record<string, string> = {}) {
  const gateway = await startGateway(environment);
  const admin = await gateway.signInAdministrator();
  const alice = await gateway.signUp("alice");
  const bob = await gateway.signUp("bob");
  const ids = {
    aliceCigar: await saveLogin(gateway, alice.token, "cigar"),
    aliceWhiskey: await saveLogin(gateway, alice.token, "whiskey"),
    aliceModel: await saveLogin(gateway, alice.token, "cigar", "llm-api-key"),
    bobCigar: await saveLogin(gateway, bob.token, "cigar"),
  };
  const createToken = async (limits: Partial<Record<"connectors" | "projects" | "users", readonly string[]>>) => {
    const permissions = ["credential:read", "credential:reveal"];
    const answer = await gateway.query(CREATE, { input: { name: "tests", permissions, ...limits } }, admin);
    return partOf<{ token: string }>(answer, "createServiceToken").token;
  };
  const reveal = async (token: string, credential: Selector) => {
    const { data, errors } = await gateway.query(REVEAL, { input: { credential } }, token);
    const revealed = data?.revealCredential as { fields: { name: string; value: string }[] } | null | undefined;
    return (
      errors?.map(({ extensions }) => extensions.code).join() ?? revealed?.fields.find(({ name }) => name !== "email")?.value
    );
  };
  const list = async (token: string) => {
    const answer = await gateway.query(LIST, {}, token);
    return partOf<{ nodes: { id: string }[] }>(answer, "credentials").nodes.map(({ id }) => id);
  };
  return { ...gateway, admin, ids, createToken, reveal, list };
}

test("a token without limits reveals any user's credential that it names, by any spelling of the name, and no default", async () => {
  const { createToken, reveal, list, ids } = await startWithLogins({
    API_AUTH_EMAIL: "system@example.com",
    API_AUTH_PASSWORD: "system",
  });
  const token = await createToken({});
  const cigar = { connector: "app-login", project: "cigar" };
  expect(await reveal(token, { ...cigar, username: "alice" })).toBe("secret-of-cigar");
  expect(await reveal(token, { ...cigar, username: " ALICE" })).toBe("secret-of-cigar");
  expect(await reveal(token, { id: ids.bobCigar })).toBe("secret-of-cigar");
  expect(await reveal(token, { id: ids.bobCigar, username: "bob" })).toBe("secret-of-cigar");
  expect(await reveal(token, { id: ids.bobCigar, username: "alice" })).toBe("NOT_FOUND");
  expect(await reveal(token, { ...cigar, username: "nobody" })).toBe("NOT_FOUND");
  expect(await reveal(token, { username: "alice", connector: "login-api" })).toBe("NOT_FOUND");
  expect(await reveal(token, cigar)).toBe("BAD_USER_INPUT");
  expect(await list(token)).toEqual(Object.values(ids));
});

test("what is beyond a limit looks like what does not exist, by name, by id and in lists", async () => {
  const { createToken, reveal, list, ids } = await startWithLogins();
  const cigar = { connector: "app-login", project: "cigar" };
  const cases = [
    { limits: { users: ["Bob"] }, visible: [ids.bobCigar], hidden: { ...cigar, username: "alice" } },
    { limits: { projects: ["whiskey"] }, visible: [ids.aliceWhiskey], hidden: { ...cigar, username: "alice" } },
    { limits: { connectors: ["llm-api-key"] }, visible: [ids.aliceModel], hidden: { ...cigar, username: "alice" } },
    {
      limits: { connectors: ["app-login"], projects: ["cigar"], users: ["alice"] },
      visible: [ids.aliceCigar],
      hidden: { connector: "llm-api-key", username: "alice" },
    },
  ];
  for (const { limits, visible, hidden } of cases) {
    const token = await createToken(limits);
    expect(await list(token)).toEqual(visible);
    expect(await reveal(token, hidden)).toBe("NOT_FOUND");
    for (const id of Object.values(ids)) {
      expect(await reveal(token, { id })).toMatch(visible.includes(id) ? /^secret-of-/ : /^NOT_FOUND$/);
    }
  }
  const ofWhiskey = await createToken({ projects: ["whiskey"] });
  expect(await reveal(ofWhiskey, { connector: "app-login", username: "alice" })).toBe("secret-of-whiskey");
});

test("a disabled user's credentials are out of a machine's reach", async () => {
  const { createToken, reveal, list, query, admin, ids } = await startWithLogins();
  const token = await createToken({ users: ["bob"] });
  const answer = await query(`{ users(search: "bob") { nodes { id } } }`, {}, admin);
  const [bob] = partOf<{ nodes: { id: string }[] }>(answer, "users").nodes;
  await query("mutation ($id: ID!) { setUserActive(id: $id, isActive: false) { user { isActive } } }", { id: bob?.id }, admin);
  expect(await reveal(token, { connector: "app-login", project: "cigar", username: "bob" })).toBe("NOT_FOUND");
  expect(await reveal(token, { id: ids.bobCigar })).toBe("NOT_FOUND");
  expect(await list(token)).toEqual([]);
});

test("the system default serves a machine where the secret stays here, for a user who is there, within the token's limits", async () => {
  const { services } = await startWithLogins({ API_AUTH_EMAIL: "system@example.com", API_AUTH_PASSWORD: "system" });
  const none: ServiceLimits = { connectors: [], projects: [], usernames: [] };
  const resolve = async (permission: Permission, username: string, limits: Partial<ServiceLimits> = {}) => {
    const origin = { ip: null, userAgent: null, correlationId: "test" };
    const permissions = new Set([permission]);
    const viewer: ServiceViewer = { type: "SERVICE", id: "token", permissions, limits: { ...none, ...limits }, origin };
    const selector = { connector: "login-api", username };
    return services.credentials.credentials.resolve(viewer, selector, permission).then(
      ({ source }) => source,
      ({ code }) => code,
    );
  };
  expect(await resolve("upstream:token", "alice")).toBe("SYSTEM");
  expect(await resolve("upstream:call", "alice", { usernames: ["alice"], connectors: ["login-api"] })).toBe("SYSTEM");
  expect(await resolve("credential:reveal", "alice")).toBe("NOT_FOUND");
  expect(await resolve("sync:run", "alice")).toBe("NOT_FOUND");
  expect(await resolve("upstream:token", "nobody")).toBe("NOT_FOUND");
  expect(await resolve("upstream:token", "alice", { usernames: ["bob"] })).toBe("NOT_FOUND");
  expect(await resolve("upstream:token", "alice", { connectors: ["odoo"] })).toBe("NOT_FOUND");
  expect(await resolve("upstream:token", "alice", { projects: ["cigar"] })).toBe("NOT_FOUND");
});

test("a machine's reveal is recorded as its own and about the owner's thing; the rest of the API is closed to it", async () => {
  const { createToken, reveal, query, services, admin, ids, url } = await startWithLogins({
    HMS_API_TOKEN: "the environment's".replace(/'| /g, "-"),
  });
  expect(await reveal("the-environment-s", { connector: "app-login", project: "cigar", username: "alice" })).toBe(
    "UNAUTHENTICATED",
  );
  const answer = await ask({ url }, "GET /api/v1/credentials/alice/cigar", { token: "the-environment-s" });
  expect(answer.status).toBe(200);
  const [event] = await services.database.client.auditEvent.findMany({ where: { action: "CREDENTIAL_REVEALED" } });
  expect(event).toMatchObject({ actorType: "SERVICE", actorId: "environment", targetId: ids.aliceCigar });

  const token = await createToken({});
  const codeOf = async (text: string) => (await query(text, {}, token)).errors?.map(({ extensions }) => extensions.code).join();
  for (const text of [
    "{ auditEvents { totalCount } }",
    "{ users { totalCount } }",
    "{ serviceTokens { totalCount } }",
    "{ sessions { id } }",
    `mutation { createServiceToken(input: { name: "x", permissions: ["credential:read"] }) { token } }`,
    `mutation { changePassword(currentPassword: "a", newPassword: "b") { userErrors { code } } }`,
    `mutation { deleteCredential(input: { id: "${ids.aliceCigar}" }) { deletedId } }`,
    `mutation { saveCredential(input: { connector: "app-login", fields: [] }) { userErrors { code } } }`,
    "mutation { logout }",
  ]) {
    expect([text, await codeOf(text)]).toEqual([text, "FORBIDDEN"]);
  }
  expect((await query("{ me { id } }", {}, token)).data).toEqual({ me: null });
  const { data } = await query("{ serviceTokens { nodes { id name token: firstCharacters } } }", {}, admin);
  expect(JSON.stringify(data)).not.toContain(token);
});

test("a token in an address is refused and logged nowhere", async () => {
  const { url, log } = await startGateway();
  const { token } = makeServiceToken();
  for (const place of [`/health?token=${token}`, `/graphql?query={me{id}}&x=%70st_${token.slice(4)}`, `/${token}`]) {
    const response = await fetch(`${url}${place}`, { headers: { accept: "application/json" } });
    expect([place, response.status]).toEqual([place, 400]);
    expect(await response.text()).not.toContain(token.slice(4));
  }
  expect(log()).not.toContain(token.slice(4));
});
