import { writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { createRequest, formatDocument, stringifyDocument } from "urql";
import { defineConfig, type HtmlTagDescriptor, type Plugin, type Rolldown } from "vite";
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

/** A chunk and what it cannot run without, each once. */
function withImports(file: string, bundle: Rolldown.OutputBundle, found = new Map<string, Rolldown.OutputChunk>()) {
  const chunk = bundle[file];
  if (chunk?.type !== "chunk" || found.has(file)) return found;
  found.set(file, chunk);
  for (const imported of chunk.imports) withImports(imported, bundle, found);
  return found;
}

/** The dashboard's first script asks for all others: its document names them, so that they come along with it. */
const preloads: Plugin = {
  name: "preloads",
  apply: "build",
  transformIndexHtml: {
    order: "post",
    handler(html, { bundle = {} }) {
      const main = Object.values(bundle).find(
        (each) => each.type === "chunk" && each.facadeModuleId?.endsWith("/dashboard/main.tsx"),
      );
      if (main === undefined) throw new Error("The dashboard has no script");
      if (!html.includes('id="dashboard"')) return [];
      const chunks = [...withImports(main.fileName, bundle)];
      const styles = new Set(chunks.flatMap(([, chunk]) => [...(chunk.viteMetadata?.importedCss ?? [])]));
      const link = (attrs: Record<string, string>): HtmlTagDescriptor => ({
        tag: "link",
        attrs: { ...attrs, crossorigin: true },
        injectTo: "head",
      });
      return [
        ...chunks.filter(([file]) => !html.includes(file)).map(([file]) => link({ rel: "modulepreload", href: `/${file}` })),
        ...[...styles].reverse().map((file) => link({ rel: "stylesheet", href: `/${file}` })),
      ];
    },
  },
};

const LIBRARIES =
  /node_modules\/(react-router|urql|@urql|wonka|@0no-co|graphql-sse|@base-ui|@floating-ui|use-sync-external-store)\//;

/** Few scripts in place of a dozen: what a page is asked for first, what changes with a library, what every page is made of. */
const GROUPS = [
  { name: "start", test: /(dashboard\/(session\/(session|tabs)|client\/send|gql\/graphql)\.ts|vite\/preload-helper)/ },
  { name: "react", test: /node_modules\/(react|react-dom|scheduler)\// },
  { name: "libraries", test: LIBRARIES },
  { name: "parts", test: /dashboard\/(parts|texts|client|session|shell|styles)\// },
];

// The browser's part: pages by their folders, everything else under /assets with a digest in its name.
export default defineConfig({
  root: "src/dashboard",
  plugins: [react(), preloads, compressed, persistedOperations],
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
      output: { codeSplitting: { groups: GROUPS } },
    },
  },
});
