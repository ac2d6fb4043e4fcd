import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The browser's part: pages by their folders, everything else under /assets with a digest in its name.
export default defineConfig({
  root: "src/dashboard",
  plugins: [react()],
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
