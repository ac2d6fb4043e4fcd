// npm run migration -- NAME: writes prisma/migrations/<provider>/<stamp>_NAME/migration.sql for both databases, as the difference
// between prisma/schema and the copy of it that was taken at the last migration. Needs neither a database nor a network.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as engine from "@prisma/schema-engine-wasm/schema_engine_bg";

const SCHEMA = "prisma/schema";
const LAST = "prisma/migrations/schema";

function loadEngine() {
  const entry = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const binary = readFileSync(path.join(path.dirname(entry), "schema_engine_bg.wasm"));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { "./schema_engine_bg.js": engine });
  engine.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start?.();
}

const offline = async () => {
  throw new Error("a migration is authored without a database");
};

/** The engine asks a PostgreSQL server one thing when it starts, its version; this answers for it. */
function createVersionOnlyDatabase(provider) {
  const connection = {
    provider,
    adapterName: "offline",
    getConnectionInfo: () => ({ schemaName: "public", supportsRelationJoins: true }),
    dispose: async () => {},
    executeRaw: offline,
    executeScript: offline,
    startTransaction: offline,
    queryRaw: async () => ({
      columnNames: ["exists", "version", "numeric_version"],
      columnTypes: [5, 7, 0],
      rows: [[true, "PostgreSQL 14.0", 140000]],
    }),
  };
  return bindMigrationAwareSqlAdapterFactory({
    provider,
    adapterName: "offline",
    connectToShadowDb: offline,
    connect: async () => connection,
  });
}

function readSchema(folder, provider) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".prisma"))
    .sort()
    .map((file) => {
      const content = readFileSync(path.join(folder, file), "utf8");
      return { path: file, content: file === "_datasource.prisma" ? content.replaceAll("sqlite", provider) : content };
    });
}

async function difference(provider, engineName) {
  const before = readSchema(LAST, provider);
  const after = readSchema(SCHEMA, provider);
  const schemaEngine = await engine.SchemaEngine.new(
    { datamodels: after.map((file) => [file.path, file.content]) },
    () => {},
    createVersionOnlyDatabase(engineName),
  );
  const { exitCode, stdout } = await schemaEngine.diff({
    from: before.length > 0 ? { tag: "schemaDatamodel", files: before } : { tag: "empty" },
    to: { tag: "schemaDatamodel", files: after },
    script: true,
    exitCode: true,
    filters: { externalTables: [], externalEnums: [] },
  });
  return exitCode === 0 ? null : stdout;
}

const [name, stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14)] = process.argv.slice(2);
if (name === undefined || !/^[a-z0-9_]+$/.test(name)) {
  console.error("usage: npm run migration -- NAME   (lower-case letters, digits and _)");
  process.exit(64);
}
loadEngine();
for (const [provider, engineName] of [
  ["sqlite", "sqlite"],
  ["postgresql", "postgres"],
]) {
  const sql = await difference(provider, engineName);
  if (sql === null) {
    console.log(`${provider}: nothing to do`);
    continue;
  }
  const folder = `prisma/migrations/${provider}/${stamp}_${name}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/migration.sql`, sql);
  console.log(`${provider}: ${folder}/migration.sql`);
}
rmSync(LAST, { recursive: true, force: true });
cpSync(SCHEMA, LAST, { recursive: true });
