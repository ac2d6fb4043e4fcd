// node scripts/new-migration.mjs <name> — writes prisma/migrations/<provider>/<stamp>_<name>/migration.sql for both providers.
// Compares prisma/schema with the copy taken at the last migration; needs neither a database nor a network.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as bg from "@prisma/schema-engine-wasm/schema_engine_bg";

const wasm = path.join(
  path.dirname(createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg")),
  "schema_engine_bg.wasm",
);
const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(wasm)), { "./schema_engine_bg.js": bg });
bg.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start?.();

// The engine asks a PostgreSQL server one thing when it starts: its version. Answer for it.
const no = async () => {
  throw new Error("offline");
};
const offline = (provider) => ({
  provider,
  adapterName: "offline",
  connectToShadowDb: no,
  connect: async () => ({
    provider,
    adapterName: "offline",
    getConnectionInfo: () => ({ schemaName: "public", supportsRelationJoins: true }),
    dispose: async () => {},
    executeRaw: no,
    executeScript: no,
    startTransaction: no,
    queryRaw: async () => ({
      columnNames: ["exists", "version", "numeric_version"],
      columnTypes: [5, 7, 0],
      rows: [[true, "PostgreSQL 14.0", 140000]],
    }),
  }),
});
const read = (dir) =>
  existsSync(dir)
    ? readdirSync(dir)
        .filter((f) => f.endsWith(".prisma"))
        .sort()
        .map((f) => ({ path: f, content: readFileSync(path.join(dir, f), "utf8") }))
    : [];
const as = (files, provider) =>
  files.map((f) => ({ ...f, content: f.path === "_datasource.prisma" ? f.content.replaceAll("sqlite", provider) : f.content }));

const [name = "change", stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14)] = process.argv.slice(2);
const now = read("prisma/schema"),
  before = read("prisma/migrations/schema");
for (const [provider, engine] of [
  ["sqlite", "sqlite"],
  ["postgresql", "postgres"],
]) {
  const to = as(now, provider);
  const e = await bg.SchemaEngine.new(
    { datamodels: to.map((f) => [f.path, f.content]) },
    () => {},
    bindMigrationAwareSqlAdapterFactory(offline(engine)),
  );
  const r = await e.diff({
    from: before.length ? { tag: "schemaDatamodel", files: as(before, provider) } : { tag: "empty" },
    to: { tag: "schemaDatamodel", files: to },
    script: true,
    exitCode: true,
    filters: { externalTables: [], externalEnums: [] },
  });
  if (r.exitCode === 0) {
    console.log(`${provider}: nothing to do`);
    continue;
  }
  const dir = `prisma/migrations/${provider}/${stamp}_${name}`;
  mkdirSync(dir, { recursive: true });
  writeFileSync(`${dir}/migration.sql`, r.stdout);
  console.log(`${provider}: ${dir}/migration.sql`);
}
rmSync("prisma/migrations/schema", { recursive: true, force: true });
cpSync("prisma/schema", "prisma/migrations/schema", { recursive: true });
