// Runs a script of this folder under Node, which cannot read TypeScript by itself: `node test/bench/run.mjs bench.ts --help`.
import path from "node:path";
import { runnerImport } from "vite";

const [script = "bench.ts"] = process.argv.splice(2, 1);
await runnerImport(path.join(import.meta.dirname, script), { configFile: false, logLevel: "error" });
