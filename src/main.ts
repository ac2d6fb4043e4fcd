import "reflect-metadata";
import { runCommand } from "./commands/commands.ts";
import { type Config, ConfigError, parseConfig } from "./config.ts";
import { MigrationError } from "./database/migrations.ts";
import { GatewayError } from "./errors.ts";
import { createGateway } from "./gateway.ts";
import { KeyRingError } from "./keys/ring-content.ts";
import { createLog } from "./log.ts";
import { createServices, openStore } from "./services.ts";
import { limitHeapGrowth } from "./sync/heap-growth.ts";

/** Longest time for what is under way to end after SIGTERM, in milliseconds. */
const DRAIN_MS = 25_000;

function banner(config: Config, administratorPassword: string | null): string {
  const url = config.issuer;
  const store = config.DATABASE_URL === undefined ? `SQLite in ${config.DATA_DIR}` : "PostgreSQL";
  const administrator =
    administratorPassword === null
      ? []
      : ["", "  Administrator   admin", `  Password        ${administratorPassword}   (shown this once)`];
  return [
    "",
    `  Postern listens on ${url}`,
    "",
    `  Playground      ${url}/graphql`,
    `  REST            ${url}/docs`,
    `  Health          ${url}/health/ready`,
    `  Store           ${store}`,
    `  Key ring        ${config.KEY_RING === undefined ? config.keyRingFile : "KEY_RING"}   (back it up apart from the store)`,
    ...administrator,
    "",
    "",
  ].join("\n");
}

async function serve(config: Config): Promise<void> {
  limitHeapGrowth();
  const log = createLog(config.LOG_LEVEL);
  const services = createServices(config, await openStore(config, log), log);
  const app = await createGateway(services, log);
  const { administratorPassword } = await services.start();
  await app.listen({ host: config.HOST, port: config.PORT });
  process.stderr.write(banner(config, administratorPassword));

  const stop = async (signal: NodeJS.Signals) => {
    log.info({ signal }, "stopping");
    const overdue = setTimeout(() => process.exit(1), DRAIN_MS);
    await app.close();
    await services.stop();
    clearTimeout(overdue);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop(signal));
}

/** Failures of the operating system that the operator can mend: the address is taken, the folder is not ours. */
const OPERATOR_CODES = new Set(["EADDRINUSE", "EADDRNOTAVAIL", "EACCES", "ENOENT", "ENOTDIR", "EROFS"]);

/** True for what the operator can mend: its message says how, and a stack would only hide it. */
function isOperatorError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const isOurs = [ConfigError, KeyRingError, MigrationError, GatewayError].some((type) => error instanceof type);
  return isOurs || ("code" in error && OPERATOR_CODES.has(String(error.code)));
}

try {
  const config = parseConfig(process.env);
  const [command, ...args] = process.argv.slice(2);
  if (command === undefined) await serve(config);
  else process.exitCode = await runCommand(command, args, config);
} catch (error) {
  process.stderr.write(`${isOperatorError(error) ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
