import { defineConfig } from "prisma/config";

// `prisma generate` runs in WebAssembly, yet the command line first looks for the schema engine's binary: any existing file
// satisfies it, so nothing is downloaded.
if (process.argv.includes("generate")) process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({ schema: "prisma/schema", migrations: { path: "prisma/migrations/sqlite" } });
