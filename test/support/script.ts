import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { build } from "vite";

/** Within the package, so that scripts find their libraries; each test process has a folder of its own in it. */
const SCRIPTS = path.resolve("node_modules/.cache/test-scripts");
const FOLDER = path.join(SCRIPTS, String(process.pid));

const built = new Map<string, Promise<string>>();

/** Test processes end by a signal and tidy up nothing: the next one does. */
function removeLeftovers(): void {
  mkdirSync(SCRIPTS, { recursive: true });
  for (const pid of readdirSync(SCRIPTS))
    if (!existsSync(`/proc/${pid}`)) rmSync(path.join(SCRIPTS, pid), { recursive: true, force: true });
}

async function buildScript(name: string): Promise<string> {
  if (built.size === 0) removeLeftovers();
  await build({
    configFile: false,
    logLevel: "error",
    build: {
      ssr: path.join(import.meta.dirname, `${name}.ts`),
      outDir: path.join(FOLDER, name),
      target: "node20",
      minify: false,
    },
  });
  return path.join(FOLDER, name, `${name}.js`);
}

/**
 * The path of a script of this folder as a program that Node runs as it stands, built once for the test process: read as
 * TypeScript, it took every process that runs it four seconds more to start.
 */
export function scriptOf(name: string): Promise<string> {
  const script = built.get(name) ?? buildScript(name);
  built.set(name, script);
  return script;
}
