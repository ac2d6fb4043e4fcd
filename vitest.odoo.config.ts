import { existsSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { CREDENTIALS_FILE, ODOO_TOOLS } from "./test/odoo/real-odoo.ts";

/* The suites against a real Odoo 19: one after another, because they share the one server and freeze it. */
const isThere = existsSync(CREDENTIALS_FILE) && existsSync(ODOO_TOOLS);
if (!isThere) console.info(`Left out: the suites on a real Odoo, because ${CREDENTIALS_FILE} or ${ODOO_TOOLS} is not there.`);

export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    name: "odoo",
    include: isThere ? ["test/odoo/**/*.test.ts"] : [],
    passWithNoTests: !isThere,
    setupFiles: ["test/support/set-up.ts"],
    env: { TEST_DATABASE: process.env.TEST_DATABASE ?? "sqlite" },
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
