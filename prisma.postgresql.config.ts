import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { defineConfig } from "prisma/config";

if (process.argv.includes("generate")) process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

// The same models for the other database: derived on every run, never committed.
const schema = "prisma/.postgresql";
rmSync(schema, { recursive: true, force: true });
cpSync("prisma/schema", schema, { recursive: true });
const datasource = `${schema}/_datasource.prisma`;
writeFileSync(datasource, readFileSync(datasource, "utf8").replaceAll("sqlite", "postgresql"));

export default defineConfig({ schema, migrations: { path: "prisma/migrations/postgresql" } });
