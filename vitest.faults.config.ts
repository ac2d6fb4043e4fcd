import { defineConfig } from "vitest/config";

/* The fault and attack suites: run by `npm run faults`, one after another, because each loads the machine and measures it. */
export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    name: "faults",
    include: ["test/faults/*.fault.ts"],
    setupFiles: ["test/support/set-up.ts"],
    env: { TEST_DATABASE: process.env.TEST_DATABASE ?? "sqlite" },
    fileParallelism: false,
    // Five hundred kills take hours on a busy machine.
    testTimeout: 6 * 3_600_000,
    hookTimeout: 60_000,
  },
});
