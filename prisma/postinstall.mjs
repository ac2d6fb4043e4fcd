// A production install (`npm ci --omit=dev`) has no Prisma command line and brings its clients built: nothing to do then.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

try {
  createRequire(import.meta.url).resolve("prisma/package.json");
} catch {
  process.exit(0);
}
process.exit(spawnSync("npm", ["run", "-s", "generate"], { stdio: "inherit", shell: true }).status ?? 1);
