import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findSecrets, makeCanary, readFolder } from "../support/canaries.ts";
import { startMisbehavingServer } from "../support/misbehaving-server.ts";
import { startOdooServer } from "../support/odoo-server.ts";
import { type Product, runProductCommand, startProduct } from "../support/product.ts";
import { Conversation, converse, type Secrets } from "./support/canary-conversation.ts";
import { defineFault, type FaultOptions, type Figures } from "./support/define-fault.ts";
import { type CreateStore, DATABASES, environmentOf, type FaultStore, withStores } from "./support/fault-stores.ts";
import { dumpPostgresql } from "./support/postgresql-cluster.ts";

/** Anything goes in a password, and has another look in every encoding. */
const TEXTS = [
  ...["administrator", "account", "demoAccount", "wrongForm", "typedAsName", "wrongGraphql", "changed", "givenByAdmin"],
  ...["confirmedWrongly", "malformed", "wrongType", "literal", "inQuery", "inPath", "callQuery", "callBody"],
  ...["odooRight", "odooRefused", "odooReplaced", "odooEchoed", "odooBlocked", "profileRefused", "profileEchoed", "odooDefault"],
  ...["apiOwn", "apiRefused", "apiChanged", "apiDefault", "appLogin", "appInvalid", "backupPassphrase"],
];
/** What goes into headers is visible ASCII. */
const HEADERS = [
  ...["wrongBearer", "callHeader", "upstreamToken", "machine"],
  ...["llmKey", "anthropicKey", "portalKey", "portalChanged", "modelKey"],
];

function makeSecrets(): Secrets {
  const texts = TEXTS.map((name) => [name, makeCanary()]);
  const headers = HEADERS.map((name) => [name, makeCanary().replaceAll(/[^!-~]/g, "-")]);
  return Object.fromEntries([...texts, ...headers]);
}

/** Repeats what it is sent in its status line's neighbours, its headers and its body; gives its token to one password. */
async function startEcho(secrets: Secrets): Promise<string> {
  const upstream = await startMisbehavingServer(({ headers, body, path: asked }) => {
    if (asked === "/login" && body.includes(JSON.stringify(secrets.apiOwn))) {
      return { body: JSON.stringify({ statusCode: 200, accessToken: secrets.upstreamToken }) };
    }
    const told = { asked, body, headers, basic: Buffer.from(`ada:${secrets.upstreamToken}`).toString("base64") };
    const status = asked.startsWith("/echo") ? 200 : 500;
    const echoed = encodeURIComponent(String(headers.authorization ?? body)).slice(0, 2_000);
    return { status, headers: { "content-type": "application/json", "x-echo": echoed }, body: JSON.stringify(told) };
  });
  return upstream.origin;
}

type Place = { readonly store: FaultStore; readonly temporary: string; readonly files: string };

function startWatched({ store, temporary, files }: Place, secrets: Secrets, upstreams: { odoo: string; echo: string }) {
  const options = {
    dataDir: store.dataDir,
    output: "kept" as const,
    environment: {
      ...environmentOf(store),
      ADMIN_PASSWORD: secrets.administrator ?? "",
      HMS_API_TOKEN: secrets.machine ?? "",
      API_AUTH_EMAIL: "system@example.test",
      API_AUTH_PASSWORD: secrets.apiDefault ?? "",
      ODOO_URL: upstreams.odoo,
      ODOO_DB: "odoo_db",
      ODOO_USERNAME: "system",
      ODOO_PASSWORD: secrets.odooDefault ?? "",
      LOGIN_API_URL: `${upstreams.echo}/login`,
      LOGIN_API_BASE_URL: upstreams.echo,
      // Beside the store, as an operator is told to: in it the keys would be found, rightly.
      KEY_RING_FILE: path.join(files, "keys.json"),
      TMPDIR: temporary,
      LOG_LEVEL: "trace",
      DEBUG: "*",
    },
  };
  return { options, starting: startProduct(options) };
}

/** Everything that outlives a request, by its name. */
async function gather(place: Place, product: Product, talk: Conversation, commands: string): Promise<Record<string, Buffer>> {
  const { databaseUrl, dataDir } = place.store;
  return {
    ...readFolder(dataDir),
    ...readFolder(place.temporary),
    ...(databaseUrl === undefined ? {} : { pg_dump: Buffer.from(await dumpPostgresql(databaseUrl)) }),
    "standard output and error": Buffer.from(product.printed()),
    "command line": readFileSync(`/proc/${product.child.pid}/cmdline`),
    "output of commands": Buffer.from(commands),
    ...Object.fromEntries(
      talk.answers.filter(({ carries }) => carries.length === 0).map(({ where, content }) => [where, content]),
    ),
  };
}

/** What stands where it must not, a sentence each; every answer that carries secrets is looked at without them. */
function findLeaks({ secrets, answers }: Conversation, contents: Record<string, Buffer>): string[] {
  const carrying = answers.filter(({ carries }) => carries.length > 0);
  const inCarrying = carrying.flatMap(({ where, content, carries }) => {
    const others = Object.entries(secrets).filter(([name]) => !carries.includes(name));
    return findSecrets(Object.fromEntries(others), { [where]: content });
  });
  return [...findSecrets(secrets, contents), ...inCarrying];
}

/** Finds what is known to be there: the search is blind when one of these is missing. */
function countBlindness({ secrets, answers }: Conversation, contents: Record<string, Buffer>): number {
  const { odooRight = "", appLogin = "" } = secrets;
  const carrying = Object.fromEntries(answers.map(({ where, content }) => [where, content]));
  const isThere = [
    findSecrets({ odooRight }, carrying).length > 0,
    findSecrets({ appLogin }, carrying).length > 0,
    findSecrets({ path: "/api/user/call" }, { log: contents["standard output and error"] ?? Buffer.alloc(0) }).length > 0,
    findSecrets({ address: "ada@example.test" }, contents).length > 0,
  ];
  return isThere.filter((found) => !found).length;
}

async function runOn(database: (typeof DATABASES)[number], create: CreateStore) {
  const secrets = makeSecrets();
  const odoo = await startOdooServer({ users: [{ login: "admin", password: secrets.odooRight ?? "" }], partners: 5 });
  const upstreams = { odoo: odoo.url, echo: await startEcho(secrets) };
  const store = await create(database);
  const { dataDir: outside } = await create("SQLite");
  const place = { store, temporary: path.join(outside, "temporary"), files: path.join(outside, "files") };
  for (const folder of [place.temporary, place.files]) mkdirSync(folder, { mode: 0o700 });
  const { options, starting } = startWatched(place, secrets, upstreams);
  const product = await starting;
  const talk = new Conversation(product, secrets);
  try {
    await converse(talk, upstreams);
    const passphraseFile = path.join(place.files, "passphrase");
    writeFileSync(passphraseFile, `${secrets.backupPassphrase}\n`, { mode: 0o600 });
    const to = path.join(store.dataDir, "backup");
    const commands = [
      ["backup", "--to", to, "--passphrase-file", passphraseFile],
      ["backup", "--to", `${to}-without-keys`, "--without-keys"],
      ["audit", "export"],
      ["audit", "verify"],
      ["config", "check"],
    ];
    let printed = "";
    let refused = 0;
    for (const words of commands) {
      const { code, output } = await runProductCommand(options, ...words);
      printed += output;
      if (code !== 0) console.error(`${words.join(" ")}: ${output.slice(0, 500)}`);
      refused += Number(code !== 0);
    }
    const { keys } = JSON.parse(readFileSync(path.join(place.files, "keys.json"), "utf8")) as { keys: Record<string, string> };
    for (const [id, key] of Object.entries(keys)) secrets[`key ${id}`] = key;
    const contents = await gather(place, product, talk, printed);
    await product.end("SIGTERM");
    const leaks = new Set([...findLeaks(talk, contents), ...findSecrets(secrets, readFolder(store.dataDir))]);
    if (leaks.size > 0) console.error([database, ...leaks].join("\n"));
    const places = Object.keys(contents).length + talk.answers.filter(({ carries }) => carries.length > 0).length;
    return {
      secrets: Object.keys(secrets).length,
      places,
      leaks: leaks.size,
      blindness: countBlindness(talk, contents),
      refused,
    };
  } finally {
    await product.end("SIGKILL");
  }
}

async function run({ isShort }: FaultOptions): Promise<Figures> {
  const found = await withStores(async (create) => {
    const results = [];
    for (const database of isShort ? DATABASES.slice(0, 1) : DATABASES) results.push(await runOn(database, create));
    return results;
  });
  const sum = (value: (result: (typeof found)[number]) => number) => found.reduce((total, result) => total + value(result), 0);
  return {
    cases: sum(({ secrets }) => secrets) * 7,
    figures: [
      { what: "secrets", value: sum(({ secrets }) => secrets), target: { atLeast: 40 } },
      { what: "files, dumps, outputs and answers", value: sum(({ places }) => places), target: { atLeast: 70 } },
      { what: "secrets found, in any of seven encodings", value: sum(({ leaks }) => leaks), target: { exactly: 0 } },
      { what: "what is known to be there and was not found", value: sum(({ blindness }) => blindness), target: { exactly: 0 } },
      { what: "commands that failed", value: sum(({ refused }) => refused), target: { exactly: 0 } },
    ],
  };
}

defineFault({
  name: "canaries",
  about:
    "Secrets go in by every way, rightly and wrongly, at level trace with DEBUG=*: none stands in an output, file, dump or other answer.",
  run,
});
