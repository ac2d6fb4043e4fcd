import { builtinModules } from "node:module";
import { defineConfig } from "vite";

/** Programs for machines, which no bundle can hold; and what libraries look for only where it is installed or meant. */
const LEFT_OUT = ["better-sqlite3", /^@node-rs\//, "pg-native", "pg-cloudflare"];

// The program and its libraries as a few files: a start reads and compiles what it needs, and not a thousand modules.
export default defineConfig({
  // What Node itself would take, so that whoever requires and whoever imports a library get the same one.
  resolve: { mainFields: ["main", "module"] },
  ssr: { noExternal: true, target: "node", resolve: { conditions: ["node"] } },
  build: {
    ssr: true,
    target: "node20",
    outDir: "dist",
    // The pages are in it, and perhaps a gateway runs from it.
    emptyOutDir: false,
    copyPublicDir: false,
    minify: false,
    rolldownOptions: {
      input: {
        main: "src/main.ts",
        "commands/postern": "src/commands/postern.ts",
        "commands/emit-schema": "src/commands/emit-schema.ts",
        "commands/write-tables": "src/commands/write-tables.ts",
      },
      external: [/^node:/, ...builtinModules, ...LEFT_OUT],
      // A library that others look for must have run before them.
      output: { format: "esm", strictExecutionOrder: true, entryFileNames: "[name].js", chunkFileNames: "parts/[name].js" },
    },
  },
});
