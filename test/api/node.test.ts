import { describe, expect, it } from "vitest";
import { ID_PREFIXES, makeId } from "../../src/identifiers.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { startOdooServer } from "../support/odoo-server.ts";

const NODE = "query ($id: ID!) { node(id: $id) { __typename id } }";

const SAVE = `mutation ($input: SaveCredentialInput!) {
  saveCredential(input: $input) { credential { id } connectionTest { id } }
}`;

const SYNC = `mutation {
  syncContactsFromOdoo { run { id } }
  syncProductsFromOdoo { run { id } }
}`;

const ROWS = "{ contacts(first: 1) { nodes { id } } products(first: 1) { nodes { id } } auditEvents(first: 1) { nodes { id } } }";

const PROJECT =
  'mutation ($isArchived: Boolean) { saveProject(input: { slug: "old", name: "Old", isArchived: $isArchived }) { project { id } } }';

const TOKEN = 'mutation { createServiceToken(input: { name: "CI", permissions: ["connector:read"] }) { serviceToken { id } } }';

type Found = { readonly id: string };

/** What the data of an answer says at a path. */
function read(data: unknown, ...steps: readonly (string | number)[]): Found {
  return steps.reduce<unknown>((value, step) => (value as Record<string | number, unknown>)[step], data) as Found;
}

/** A record of each type: what belongs to Ada, and an archived project and a service token, which are for administrators. */
async function makeRecords(gateway: Gateway, admin: string, ada: { token: string; userId: string }) {
  const odoo = await startOdooServer({ partners: 2, products: 2 });
  const values = { url: odoo.url, database: "odoo_db", username: "admin", password: "admin" };
  const fields = Object.entries(values).map(([name, value]) => ({ name, value }));
  const saved = (await gateway.query(SAVE, { input: { connector: "odoo", fields } }, ada.token)).data;
  const synced = (await gateway.query(SYNC, {}, ada.token)).data;
  const rows = (await gateway.query(ROWS, {}, ada.token)).data;
  await odoo.close();
  return {
    User: ada.userId,
    Credential: read(saved, "saveCredential", "credential").id,
    ConnectionTest: read(saved, "saveCredential", "connectionTest").id,
    SyncRun: read(synced, "syncContactsFromOdoo", "run").id,
    Contact: read(rows, "contacts", "nodes", 0).id,
    Product: read(rows, "products", "nodes", 0).id,
    AuditEvent: read(rows, "auditEvents", "nodes", 0).id,
    Project: read((await gateway.query(PROJECT, { isArchived: true }, admin)).data, "saveProject", "project").id,
    ServiceToken: read((await gateway.query(TOKEN, {}, admin)).data, "createServiceToken", "serviceToken").id,
    Session: read((await gateway.query("{ sessions { id } }", {}, ada.token)).data, "sessions", 0).id,
  };
}

/** The same id but for its last character: of the right shape, and of no record. */
const absentLike = (id: string) => `${id.slice(0, -1)}${id.endsWith("0") ? "1" : "0"}`;

async function startWithRecords() {
  const gateway = await startGateway();
  const admin = await gateway.signInAdministrator();
  const ada = await gateway.signUp("ada");
  const bob = await gateway.signUp("bob");
  const records = await makeRecords(gateway, admin, ada);
  /** The whole answer to a look at each id. */
  const lookAtEach = async (ids: readonly string[], token?: string) => {
    const answers: unknown[] = [];
    for (const id of ids) {
      const { data, errors } = await gateway.query(NODE, { id }, token);
      answers.push(errors === undefined ? data?.node : errors.map(({ message, extensions }) => [message, extensions.code]));
    }
    return answers;
  };
  return { gateway, admin, ada, bob, records, lookAtEach };
}

describe("any record by its id", () => {
  it("is found by whom it is for, and to others it looks like an id that no record has", async () => {
    const { admin, ada, bob, records, lookAtEach } = await startWithRecords();
    const ids = Object.values(records);
    const shown = (...types: readonly string[]) =>
      Object.entries(records).map(([type, id]) => (types.includes(type) ? { __typename: type, id } : null));
    const nothing = ids.map(() => null);
    expect({
      ada: await lookAtEach(ids, ada.token),
      bob: await lookAtEach(ids, bob.token),
      admin: await lookAtEach(ids, admin),
      absent: await lookAtEach(ids.map(absentLike), ada.token),
      absentToAdmin: await lookAtEach(ids.map(absentLike), admin),
    }).toEqual({
      ada: shown("User", "Credential", "ConnectionTest", "SyncRun", "Contact", "Product", "AuditEvent", "Session"),
      bob: nothing,
      admin: shown("User", "AuditEvent", "Project", "ServiceToken"),
      absent: nothing,
      absentToAdmin: nothing,
    });
  });

  it("a caller without a token learns the same of what is there and of what is not", async () => {
    const { records, lookAtEach } = await startWithRecords();
    const ids = Object.values(records);
    const answers = await lookAtEach(ids);
    expect(answers).toEqual(await lookAtEach(ids.map(absentLike)));
    expect(
      answers.every((answer) => answer === null || JSON.stringify(answer) === '[["Sign in first.","UNAUTHENTICATED"]]'),
    ).toBe(true);
  });

  it("several at once come in the order asked for, without those that the viewer has none of, and no more than a hundred", async () => {
    const { gateway, ada, bob, records } = await startWithRecords();
    const askFor = async (ids: readonly string[], token: string) => {
      const { data, errors } = await gateway.query("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids }, token);
      return errors?.map(({ extensions }) => [extensions.code, extensions.field]) ?? data?.nodes;
    };
    const { Credential, User, Contact } = records;
    const ids = [Contact, absentLike(Credential), Credential, User, "no id"];
    expect({
      ada: await askFor(ids, ada.token),
      bob: await askFor(ids, bob.token),
      tooMany: await askFor(Array<string>(101).fill(User), ada.token),
    }).toEqual({
      ada: [{ id: Contact }, { id: Credential }, { id: User }],
      bob: [],
      tooMany: [["BAD_USER_INPUT", "ids"]],
    });
  });

  it("is of every type that the API calls a node, and of no other", async () => {
    const { gateway, ada, records, lookAtEach } = await startWithRecords();
    const { data } = await gateway.query('{ __type(name: "Node") { possibleTypes { name } } }', {}, ada.token);
    const types = read(data, "__type", "possibleTypes") as unknown as readonly { name: string }[];
    expect(types.map(({ name }) => name).sort()).toEqual(Object.keys(records).sort());

    const prefixes = Object.values(records).map((id) => id.split("_")[0]);
    const others = ID_PREFIXES.filter((prefix) => !prefixes.includes(prefix)).map(makeId);
    const [, suffix] = records.Credential.split("_");
    const malformed = ["", " ", "credential_", `_${suffix}`, `user_${suffix}`, `contact_${suffix}`, `${records.Credential} `];
    const spelled = [
      records.Credential.toUpperCase(),
      `${records.Credential}\u0000`,
      "__proto___0",
      "constructor",
      "x".repeat(1_000),
    ];
    const ids = [...others, ...malformed, ...spelled];
    expect(await lookAtEach(ids, ada.token)).toEqual(ids.map(() => null));
  });
});
