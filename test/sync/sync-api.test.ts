import { createClient } from "graphql-sse";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { createGateway } from "../../src/gateway.ts";
import { createServices, openStore } from "../../src/services.ts";
import { createTestStore } from "../support/database.ts";
import { startOdooForTest } from "../support/odoo-connector.ts";

/** The whole gateway on a port of its own, beside a stand-in Odoo. */
async function startGateway() {
  const odoo = await startOdooForTest({ partners: 2_100, products: 3 });
  const store = await createTestStore();
  const config = parseConfig({
    DATA_DIR: store.dataDir,
    DATABASE_URL: store.databaseUrl,
    ODOO_URL: odoo.url,
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
    await store.remove();
  });
  return { odoo, url };
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

test("a user registers, saves an Odoo credential, syncs, watches, searches and cancels over GraphQL", async () => {
  const { odoo, url } = await startGateway();
  const token = await register(url);
  const none = await ask(url, token, "mutation { sync_contacts_from_odoo { success message errors run { id } } }");
  const text = "User has no Odoo credentials configured";
  expect(none.data.sync_contacts_from_odoo).toEqual({ success: false, message: text, errors: [text], run: null });

  const saved = await ask(
    url,
    token,
    `mutation ($url: String) {
      saveCredential(input: { connector: "odoo", fields: [
        { name: "url", value: $url }, { name: "database", value: "odoo_db" },
        { name: "username", value: "admin" }, { name: "password", value: "admin" }
      ] }) { credential { id } userErrors { message } }
    }`,
    { url: odoo.url },
  );
  const { credential } = saved.data.saveCredential as { credential: { id: string } };

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

  const client = createClient({ url: `${url}/graphql/stream`, headers: { authorization: `Bearer ${token}` } });
  const query = "subscription ($id: ID!) { syncRunProgress(id: $id) { status total processed } }";
  const seen: unknown[] = [];
  for await (const { data } of client.iterate({ query, variables: { id: run.id } })) seen.push(data?.syncRunProgress);
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
