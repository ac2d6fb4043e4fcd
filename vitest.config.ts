import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// vite would load graphql's .mjs for our files while node gives type-graphql the .js: one copy, or schemas are "from another realm".
const resolve = { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] };

/** What touches no database says the same on every one: it runs once, with the suites on SQLite. */
const WITHOUT_DATABASE = [
  "test/connectors/**",
  "test/upstream/!(access-token)*.test.ts",
  "test/config.test.ts",
  "test/observability/counting.test.ts",
  "test/docs/{tables,security,weak-cryptography,cryptography}.test.ts",
  "test/supply-chain/**",
];

const onDatabase = (database: "sqlite" | "postgresql") => ({
  resolve,
  test: {
    name: database,
    include: ["test/**/*.test.ts"],
    exclude: [
      "test/odoo/**",
      "test/browser/**",
      ...(database === "sqlite" ? ["test/**/*.postgresql.test.ts"] : ["test/**/*.sqlite.test.ts", ...WITHOUT_DATABASE]),
    ],
    setupFiles: ["test/support/set-up.ts"],
    env: { TEST_DATABASE: database },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});

const hasPostgresql = Boolean(process.env.DATABASE_URL);
if (!hasPostgresql && process.env.ALL_SUITES === "required")
  throw new Error("The suites on PostgreSQL may not be left out here: DATABASE_URL is not set.");
if (!hasPostgresql) console.info("Left out: the suites on PostgreSQL, because DATABASE_URL is not set.");

export default defineConfig({
  resolve,
  // Vitest itself would leave one core to its own process, which has little to do.
  test: {
    maxWorkers: availableParallelism(),
    projects: [onDatabase("sqlite"), ...(hasPostgresql ? [onDatabase("postgresql")] : [])],
  },
});
