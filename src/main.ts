import cluster from "node:cluster";
import path from "node:path";
import { type Config, parseConfig } from "./config.ts";
import { protectProcess } from "./process-protection.ts";

/** What the operator reads once the gateway listens. */
function banner(config: Config): string {
  const { url } = config;
  const store = config.DATABASE_URL === undefined ? `SQLite in ${config.DATA_DIR}` : "PostgreSQL";
  return [
    "",
    `  Postern listens on ${url}`,
    "",
    `  Dashboard       ${url}/`,
    `  Playground      ${url}/graphql`,
    `  REST            ${url}/docs`,
    `  Health          ${url}/health/ready`,
    `  Store           ${store}`,
    `  Key ring        ${config.KEY_RING === undefined ? config.keyRingFile : "KEY_RING"}   (back it up apart from the store)`,
    ...(config.workers === 1 ? [] : [`  Workers         ${config.workers}`]),
    "",
    "",
  ].join("\n");
}

// Each part is loaded by the process that runs it: a primary needs little memory, and holds no keys.
async function runWorkers(config: Config): Promise<void> {
  const [{ Workers }, { createLog }] = await Promise.all([import("./workers.ts"), import("./log.ts")]);
  const log = createLog(config.LOG_LEVEL);
  const onListening = () => void process.stderr.write(banner(config));
  const workers = new Workers({ count: config.workers, program: import.meta.filename, log, onListening });
  process.exit(await workers.run());
}

async function serveHere(config: Config): Promise<void> {
  await import("reflect-metadata");
  const { serve } = await import("./serve.ts");
  await serve(config, path.join(import.meta.dirname, "public"));
  if (!cluster.isWorker) process.stderr.write(banner(config));
}

async function command(name: string, args: readonly string[], config: Config): Promise<void> {
  await import("reflect-metadata");
  const { runCommand } = await import("./commands/commands.ts");
  process.exitCode = await runCommand(name, args, config);
}

try {
  // Ahead of everything: nothing secret is in memory yet.
  protectProcess(process, (message) => void process.stderr.write(`${message}\n`));
  const config = parseConfig(process.env);
  const [name, ...args] = process.argv.slice(2);
  if (name !== undefined) await command(name, args, config);
  else if (config.workers > 1 && cluster.isPrimary) await runWorkers(config);
  else await serveHere(config);
} catch (error) {
  const { startFailureText } = await import("./start-failure.ts");
  process.stderr.write(`${startFailureText(error)}\n`);
  process.exit(1);
}
