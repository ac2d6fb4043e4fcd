import { createClient } from "graphql-sse";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { createGateway } from "../../src/gateway.ts";
import { createServices } from "../../src/services.ts";
import { openStore } from "../../src/store.ts";
import { createTestStore, type TestStore } from "../support/database.ts";
import { startOdooForTest } from "../support/odoo-connector.ts";

/** A whole gateway over a store, on a port of its own; upstreams on 127.0.0.1 are allowed. */
async function startNode(store: TestStore, odooUrl: string) {
  const config = parseConfig({
    DATA_DIR: store.dataDir,
    DATABASE_URL: store.databaseUrl,
    ODOO_URL: odooUrl,
    UPSTREAM_ALLOW: "127.0.0.1",
    PORT: "0",
  });
  const log = pino({ level: "silent" });
  const services = createServices(config, await openStore(config, log), log);
  const app = await createGateway(services, log);
  await services.start();
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(async () => {
    await app.close();
    await services.stop();
  });
  return { url, services };
}

/** Nodes over one store, beside a stand-in Odoo. */
async function startGateways(count: number) {
  const odoo = await startOdooForTest({ partners: 2_100, products: 3 });
  const store = await createTestStore("migrated");
  onTestFinished(() => store.remove());
  const nodes = [];
  for (let node = 0; node < count; node += 1) nodes.push(await startNode(store, odoo.url));
  return { odoo, nodes };
}

type Answer = { readonly data: Record<string, unknown>; readonly errors?: readonly unknown[] };

async function ask(url: string, token: string | null, query: string, variables: object = {}): Promise<Answer> {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(`${url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  return (await response.json()) as Answer;
}

async function register(url: string): Promise<string> {
  const mutation = `mutation { register(input: { username: "ada", password: "eight candles on a boat" }) { accessToken userErrors { message } } }`;
  const { data } = await ask(url, null, mutation);
  return (data.register as { accessToken: string }).accessToken;
}

async function saveOdoo(url: string, token: string, odooUrl: string): Promise<{ id: string }> {
  const saved = await ask(
    url,
    token,
    `mutation ($url: String) {
      saveCredential(input: { connector: "odoo", fields: [
        { name: "url", value: $url }, { name: "database", value: "odoo_db" },
        { name: "username", value: "admin" }, { name: "password", value: "admin" }
      ] }) { credential { id } userErrors { message } }
    }`,
    { url: odooUrl },
  );
  return (saved.data.saveCredential as { credential: { id: string } }).credential;
}

/** Every state of a run that its stream tells, until it ends. */
async function follow(url: string, token: string, id: string): Promise<{ status: string; processed: number }[]> {
  const client = createClient({ url: `${url}/graphql/stream`, headers: { authorization: `Bearer ${token}` } });
  const query = "subscription ($id: ID!) { syncRunProgress(id: $id) { status total processed } }";
  const seen: { status: string; processed: number }[] = [];
  for await (const { data } of client.iterate({ query, variables: { id } })) seen.push(data?.syncRunProgress as (typeof seen)[0]);
  return seen;
}

test("a user registers, saves an Odoo credential, syncs, watches, searches and cancels over GraphQL", async () => {
  const { odoo, nodes } = await startGateways(1);
  const url = nodes[0]?.url ?? "";
  const token = await register(url);
  const none = await ask(url, token, "mutation { sync_contacts_from_odoo { success message errors run { id } } }");
  const text = "User has no Odoo credentials configured";
  expect(none.data.sync_contacts_from_odoo).toEqual({ success: false, message: text, errors: [text], run: null });

  const credential = await saveOdoo(url, token, odoo.url);

  const started = await ask(
    url,
    token,
    "mutation { syncContactsFromOdoo(input: { background: true }) { success message errors run { id status credential { id } } } }",
  );
  const { run } = started.data.syncContactsFromOdoo as { run: { id: string } };
  expect(started.data.syncContactsFromOdoo).toEqual({
    success: true,
    message: "The contact sync is queued.",
    errors: [],
    run: { id: run.id, status: "QUEUED", credential },
  });

  const seen = await follow(url, token, run.id);
  expect(seen.at(-1)).toEqual({ status: "SUCCEEDED", total: 2_100, processed: 2_100 });

  const read = await ask(
    url,
    token,
    `query ($id: ID!) {
      contacts(search: "jose \\"zoe\\" o'brien 21", first: 2) { totalCount nodes { upstreamId name isCompany } pageInfo { hasNextPage } }
      syncRuns(resource: CONTACTS) { totalCount nodes { id created credential { id } } }
      syncRun(id: $id) { errorCode errorMessage }
      node(id: $id) { __typename id }
    }`,
    { id: run.id },
  );
  expect(read).toEqual({
    data: {
      contacts: {
        totalCount: 9,
        nodes: [21, 211].map((id) => ({ upstreamId: id, name: `José "Zoë" O'Brien ${id} 😀`, isCompany: false })),
        pageInfo: { hasNextPage: true },
      },
      syncRuns: { totalCount: 1, nodes: [{ id: run.id, created: 2_100, credential }] },
      syncRun: { errorCode: null, errorMessage: null },
      node: { __typename: "SyncRun", id: run.id },
    },
  });

  const products = await ask(url, token, "mutation { syncProductsFromOdoo { message } }");
  expect(products.data.syncProductsFromOdoo).toEqual({ message: "Synced 3 products: 3 created, 0 updated, 0 deleted." });
  const listed = await ask(url, token, "{ products(first: 1) { nodes { sku price } totalCount } }");
  expect(listed.data.products).toEqual({ nodes: [{ sku: "SKU-1", price: "1.5" }], totalCount: 3 });
  const cancelled = await ask(
    url,
    token,
    "mutation ($id: ID!) { cancelSync(input: { id: $id }) { run { status } userErrors { code field } } }",
    { id: run.id },
  );
  expect(cancelled.data.cancelSync).toEqual({
    run: { status: "SUCCEEDED" },
    userErrors: [{ code: "CONFLICT", field: "id" }],
  });
});

test("a subscription is served by a node that does not run the sync", async () => {
  const { odoo, nodes } = await startGateways(2);
  const [working, other] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
  const token = await register(working.url);
  await saveOdoo(working.url, token, odoo.url);
  await other.services.sync.runner.stop();
  const started = await ask(other.url, token, "mutation { syncContactsFromOdoo(input: { background: true }) { run { id } } }");
  const { run } = started.data.syncContactsFromOdoo as { run: { id: string } };
  const seen = await follow(other.url, token, run.id);
  expect(seen[0]?.status).toMatch(/QUEUED|RUNNING/);
  expect(seen.at(-1)).toEqual({ status: "SUCCEEDED", total: 2_100, processed: 2_100 });
});
