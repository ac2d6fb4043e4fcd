import { mkdtempSync, writeFileSync } from "node:fs";
import path from "node:path";
import { migrationsFolder, readMigrations } from "../../src/database/migrations.ts";
import { createKeyEncryptionKey, serializeRing } from "../../src/keys/ring-content.ts";
import { Me } from "../api/documents.ts";
import { execute, type Product, spawnProduct } from "../support/product.ts";
import { defineFault, type FaultOptions, type Figures } from "./support/define-fault.ts";
import { signIn } from "./support/fault-nodes.ts";
import { type CreateStore, environmentOf, type FaultStore, withStores } from "./support/fault-stores.ts";
import { withStore } from "./support/store-check.ts";

/** How two nodes that have never been started come by one key ring; on SQLite there is one folder for both. */
const SHARING = ["one folder, SQLite", "one folder, PostgreSQL", "KEY_RING, PostgreSQL", "a ring each, PostgreSQL"] as const;
type Sharing = (typeof SHARING)[number];

const PROJECTS = [{ slug: "wiki", name: "Wiki" }];

/** What a node says whose ring is not the store's, or that came too late to make one. */
const REFUSED = /was sealed with the key \S+, which the key ring does not hold|is missing, but the store holds what was sealed/;

/** Everything that a first start makes. */
const FIRST_THINGS = {
  API_AUTH_EMAIL: "ada@example.test",
  API_AUTH_PASSWORD: "correct horse battery staple",
  ODOO_URL: "http://127.0.0.1:9",
  ODOO_DB: "first",
  ODOO_USERNAME: "ada",
  ODOO_PASSWORD: "correct horse battery staple",
} as const;

/** How many rows each of these gives once both nodes serve. */
const COUNTS: Readonly<Record<string, number>> = {
  '"User"': 1,
  '"User" WHERE "role" = \'ADMIN\'': 1,
  '"SigningKey"': 1,
  '"AuditKey"': 1,
  '"KeyCheck"': 1,
  '"Credential"': 2,
  '"CredentialVersion"': 2,
  '"Project"': PROJECTS.length,
  '"AuditEvent" WHERE "action" = \'USER_REGISTERED\'': 1,
  '"AuditEvent" WHERE "action" = \'KEY_CREATED\'': 1,
  '"AuditEvent" WHERE "action" = \'CREDENTIAL_SAVED\'': 2,
};

/** What is there more or less often than once, a sentence each. */
function findTwins(store: FaultStore): Promise<string[]> {
  return withStore(store, async (query, damage) => {
    const found = [...damage];
    for (const [rows, wanted] of Object.entries(COUNTS)) {
      const [row] = await query<{ n: number | string }>(`SELECT COUNT(*) AS n FROM ${rows}`);
      if (Number(row?.n) !== wanted) found.push(`${rows}: ${row?.n}, not ${wanted}`);
    }
    const known = readMigrations(migrationsFolder(store.databaseUrl === undefined ? "sqlite" : "postgresql"));
    const applied = await query<{ name: string }>('SELECT "migration_name" AS name FROM "_prisma_migrations" ORDER BY 1');
    const [wanted, got] = [known.map(({ name }) => name).join(), applied.map(({ name }) => name).join()];
    return wanted === got ? found : [...found, `migrations: ${got}`];
  });
}

/** What does not work on a node that serves: its sign-in, or what the other one has signed. */
async function findRefusals(nodes: readonly Product[]): Promise<string[]> {
  const refused: string[] = [];
  for (const node of nodes) {
    const session = await signIn(node, "admin", "login").catch((error: Error) => error);
    if (session instanceof Error) {
      refused.push(session.message);
      continue;
    }
    for (const { url } of nodes) {
      const { data } = await execute(url, Me, {}, session.token);
      if (data?.me?.username !== "admin") refused.push(`${url} does not know the session of ${node.url}`);
    }
  }
  return refused;
}

async function startPair(create: CreateStore, sharing: Sharing) {
  const store = await create(sharing.endsWith("SQLite") ? "SQLite" : "PostgreSQL");
  const file = path.join(store.dataDir, "projects.json");
  writeFileSync(file, JSON.stringify(PROJECTS));
  const { id, key } = createKeyEncryptionKey();
  const ring = serializeRing({ primary: id, keys: new Map([[id, key]]) });
  const environment = {
    ...FIRST_THINGS,
    ...environmentOf(store),
    PROJECTS_FILE: file,
    ...(sharing.startsWith("KEY_RING") ? { KEY_RING: ring } : {}),
  };
  const folder = () => (sharing.startsWith("one folder") ? store.dataDir : mkdtempSync(path.join(store.dataDir, "node-")));
  const nodes = await Promise.all([0, 1].map(() => spawnProduct({ dataDir: folder(), environment })));
  return { store, nodes };
}

async function runPair(create: CreateStore, sharing: Sharing) {
  const { store, nodes } = await startPair(create, sharing);
  try {
    const starts = await Promise.allSettled(nodes.map((node) => node.ready()));
    const serving = nodes.filter((_, index) => starts[index]?.status === "fulfilled");
    const failed = nodes.filter((node) => !serving.includes(node));
    const isRefused = (node: Product) => REFUSED.test(node.printed());
    const refused = failed.filter(isRefused).length;
    const sentences = [...(await findTwins(store)), ...(await findRefusals(serving))];
    const wanted = sharing.startsWith("a ring each") ? 1 : 0;
    const unexpected = failed.filter((node) => !isRefused(node)).map((node) => node.printed());
    const startFaults = Math.abs(refused - wanted) + unexpected.length;
    if (startFaults + sentences.length > 0) console.error([sharing, ...unexpected, ...sentences].join("\n"));
    return { refused, startFaults, sentences: sentences.length };
  } finally {
    for (const node of nodes) await node.end("SIGKILL");
  }
}

async function run({ count }: FaultOptions): Promise<Figures> {
  // The last way is refused by design, and has a test of its own.
  const pairs = count(50, SHARING.length - 1);
  const total = { refused: 0, startFaults: 0, sentences: 0 };
  await withStores(async (create) => {
    for (let pair = 0; pair < pairs; pair += 1) {
      const found = await runPair(create, SHARING[pair % SHARING.length] as Sharing);
      for (const kind of Object.keys(total) as (keyof typeof total)[]) total[kind] += found[kind];
    }
  });
  return {
    cases: pairs,
    figures: [
      { what: "nodes that did not start, or should not have", value: total.startFaults, target: { exactly: 0 } },
      { what: "made twice or not at all, or refused by a node", value: total.sentences, target: { exactly: 0 } },
      { what: "nodes refused for a ring of their own", value: total.refused },
    ],
  };
}

defineFault({
  name: "first-start",
  about:
    "Two nodes that have never been started start at once: one set of migrations, keys, defaults and one administrator, for both.",
  run,
});
