import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

// vite would load graphql's .mjs for our files while node gives type-graphql the .js: one copy, or schemas are "from another realm".
const resolve = { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] };

/**
 * What says the same on every database, since it is about what stands before it: the listener, documents, tokens, texts,
 * addresses, the shapes of answers. It runs once, with the suites on SQLite.
 */
const WITHOUT_DATABASE = [
  "test/{config,log-output,start}.test.ts",
  "test/access/{token-matrix,password,username,issuer-entry,resolvers}.test.ts",
  "test/authorization/**",
  "test/clients/**",
  "test/commands/run.test.ts",
  "test/connectors/**",
  "test/dashboard/**",
  "test/docs/**",
  "test/graphql/**",
  "test/http/**",
  "test/keys/!(rotation|key-check)*.test.ts",
  "test/observability/**",
  "test/projects/{launch-url,project-health}.test.ts",
  "test/rest/!(portal).test.ts",
  "test/supply-chain/**",
  "test/upstream/!(access-token-broker|access-token-stampede).test.ts",
];

/** What says the same on every version of Node: who may do what, the documents, the lock. `SUITES=node` leaves it out. */
const WITHOUT_NODE = ["test/{authorization,docs,supply-chain}/**"];

const onDatabase = (database: "sqlite" | "postgresql") => ({
  resolve,
  test: {
    name: database,
    include: ["test/**/*.test.ts"],
    exclude: [
      "test/odoo/**",
      "test/browser/**",
      ...(process.env.SUITES === "node" ? WITHOUT_NODE : []),
      ...(database === "sqlite" ? ["test/**/*.postgresql.test.ts"] : ["test/**/*.sqlite.test.ts", ...WITHOUT_DATABASE]),
    ],
    setupFiles: ["test/support/set-up.ts"],
    // Loading the program anew for every file would take as long as the tests; they keep nothing in its modules.
    isolate: false,
    globalSetup: ["test/support/templates.ts"],
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
    sequence: { sequencer: LongestFirst },
    projects: [onDatabase("sqlite"), ...(hasPostgresql ? [onDatabase("postgresql")] : [])],
  },
});
