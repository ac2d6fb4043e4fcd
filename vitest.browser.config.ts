import { existsSync } from "node:fs";
import { defineConfig } from "vitest/config";

const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
const isThere = existsSync(chromium);
if (!isThere && process.env.ALL_SUITES === "required")
  throw new Error(`The browser tests may not be left out here: there is no ${chromium}`);
if (!isThere) console.info(`Left out: the browser tests, because there is no ${chromium}; CHROMIUM names another place.`);

/** Figures take minutes and depend on the machine: they are asked for by name. */
const include = process.env.FIGURES === undefined ? "test/browser/**/*.test.ts" : "test/browser/**/*.figures.ts";

export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    include: isThere ? [include] : [],
    passWithNoTests: !isThere,
    setupFiles: ["test/support/set-up.ts"],
    env: { TEST_DATABASE: "sqlite", CHROMIUM: chromium },
    testTimeout: 240_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    // As with the other suites: loaded anew for each of the files, the program would be a fifth of all that the run does.
    isolate: false,
  },
});
