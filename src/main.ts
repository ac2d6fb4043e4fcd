import "reflect-metadata";
import { runCommand } from "./commands/commands.ts";
import { type Config, parseConfig } from "./config.ts";
import { createGateway } from "./gateway.ts";
import { createLog } from "./log.ts";
import { createLogOutput } from "./log-output.ts";
import { protectProcess } from "./process-protection.ts";
import { createServices, openStore } from "./services.ts";
import { startFailureText } from "./start-failure.ts";
import { limitHeapGrowth } from "./sync/heap-growth.ts";

/** Longest time for what is under way to end after SIGTERM, in milliseconds. */
const DRAIN_MS = 25_000;

/** Longest time for the last lines of the log to be taken. */
const FLUSH_MS = 1_000;

/** Longest time for a statement while requests wait, in milliseconds: a database that is frozen or locked is said to be away. */
const STATEMENT_MS = 2_000;

function administratorNote(password: string): string {
  return ["", "  Administrator   admin", `  Password        ${password}   (shown this once)`, ""].join("\n");
}

function banner(config: Config): string {
  const url = config.issuer;
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
    "",
    "",
  ].join("\n");
}

async function serve(config: Config): Promise<void> {
  limitHeapGrowth();
  const output = createLogOutput(process.stdout);
  const log = createLog(config.LOG_LEVEL, output);
  protectProcess(process, (message) => log.warn(message));
  const services = createServices(config, await openStore(config, log, { statementMs: STATEMENT_MS }), log);
  const app = await createGateway(services, log);
  const { administratorPassword } = await services.start();
  // Before anything else can fail: a port that is taken must not lose the password for good.
  if (administratorPassword !== null) process.stderr.write(administratorNote(administratorPassword));
  await app.listen({ host: config.HOST, port: config.PORT });
  process.stderr.write(banner(config));

  const stop = async (signal: NodeJS.Signals) => {
    log.info({ signal }, "stopping");
    const overdue = setTimeout(() => process.exit(1), DRAIN_MS);
    await app.draining.drain(config.STOP_GRACE_SECONDS * 1_000);
    await app.close();
    await services.stop();
    clearTimeout(overdue);
    await output.flush(FLUSH_MS);
    // What nobody reads would keep the process.
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop(signal));
}

try {
  const config = parseConfig(process.env);
  const [command, ...args] = process.argv.slice(2);
  if (command === undefined) await serve(config);
  else process.exitCode = await runCommand(command, args, config);
} catch (error) {
  process.stderr.write(`${startFailureText(error)}\n`);
  process.exit(1);
}
