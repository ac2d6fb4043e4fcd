import { writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { createRequest, formatDocument, stringifyDocument } from "urql";
import { defineConfig, type Plugin } from "vite";
import * as documents from "./src/dashboard/gql/graphql.ts";

/** Nearly the smallest; the last two steps would take most of a build's time. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

/** Beside each script and style sheet its compressed forms, which are sent to whoever takes them: compressed once, not at each request. */
const compressed: Plugin = {
  name: "compressed",
  apply: "build",
  writeBundle({ dir = "" }, bundle) {
    for (const output of Object.values(bundle)) {
      if (!/\.(js|css|svg)$/.test(output.fileName)) continue;
      const content = output.type === "chunk" ? output.code : output.source;
      const file = path.join(dir, output.fileName);
      writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
      writeFileSync(`${file}.br`, brotliCompressSync(content, BROTLI));
    }
  },
};

/** A document as it is written, and as the dashboard's client sends it: with type names for its cache, and without. */
function textsOf(document: string): readonly string[] {
  const { query } = createRequest(document, {});
  return [document, stringifyDocument(query), stringifyDocument(formatDocument(query))];
}

/** The documents that the pages send, for gateways that take no others. */
const persistedOperations: Plugin = {
  name: "persisted-operations",
  apply: "build",
  generateBundle() {
    const operations = Object.entries(documents).filter(([name]) => name.endsWith("Document"));
    const texts = operations.flatMap(([, document]) => textsOf(String(document)));
    this.emitFile({ type: "asset", fileName: "persisted-operations.json", source: JSON.stringify([...new Set(texts)]) });
  },
};

// The browser's part: pages by their folders, everything else under /assets with a digest in its name.
export default defineConfig({
  root: "src/dashboard",
  plugins: [react(), compressed, persistedOperations],
  build: {
    outDir: "../../dist/public",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_500,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // A directive for a compiler that we do not use; the bundler names it at every build.
      onwarn: (warning, warn) => {
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
      input: {
        dashboard: "src/dashboard/index.html",
        playground: "src/dashboard/playground/index.html",
        docs: "src/dashboard/docs/index.html",
      },
    },
  },
});
