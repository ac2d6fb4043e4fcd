import { readdirSync, rmSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { defineConfig, type Plugin } from "vite";

/** Programs for machines, which no bundle can hold; and what libraries look for only where it is installed or meant. */
const LEFT_OUT = ["better-sqlite3", /^@node-rs\//, "pg-native", "pg-cloudflare"];

/** What an earlier build wrote and this one does not; at no moment is a part missing that a running gateway may still load. */
const withoutLeftovers: Plugin = {
  name: "without-leftovers",
  writeBundle({ dir = "" }, bundle) {
    for (const folder of ["parts", "commands"])
      for (const file of readdirSync(path.join(dir, folder)))
        if (!(`${folder}/${file}` in bundle)) rmSync(path.join(dir, folder, file), { recursive: true });
  },
};

// The program and its libraries as a few files: a start reads and compiles what it needs, and not a thousand modules.
export default defineConfig({
  plugins: [withoutLeftovers],
  // What Node itself would take, so that whoever requires and whoever imports a library get the same one: of two copies of
  // graphql neither would know the other's schema.
  resolve: {
    mainFields: ["main", "module"],
    // In a bundle it does not find Node's and digests every document's text in JavaScript.
    alias: { "@apollo/utils.createhash": "node:crypto" },
  },
  // What is built is for use, however it is started: graphql would look at every value for a second copy of itself.
  define: { "process.env.NODE_ENV": '"production"' },
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
