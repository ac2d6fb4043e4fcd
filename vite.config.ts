import { writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

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

// The browser's part: pages by their folders, everything else under /assets with a digest in its name.
export default defineConfig({
  root: "src/dashboard",
  plugins: [react(), compressed],
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
