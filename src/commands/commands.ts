import path from "node:path";
import { type Config, ConfigError } from "../config.ts";
import { isStoreMade } from "../database/database.ts";
import { openStoreClock } from "../database/store-clock.ts";
import { createLog } from "../log.ts";
import { createLogOutput } from "../log-output.ts";
import { createServices, type Services } from "../services.ts";
import { openStore } from "../store.ts";
import { runAuditCommand } from "./audit.ts";
import { runBackupCommand, runRestoreCommand } from "./backup.ts";
import { runConfigCommand } from "./check-config.ts";
import { createCommandOutput } from "./command-output.ts";
import { runImportCommand } from "./import/import.ts";
import { type KeysStore, runKeysCommand } from "./keys.ts";
import { USAGE_ERROR } from "./usage-error.ts";
import { runUsersCommand } from "./users.ts";

type CommandContext = {
  readonly config: Config;
  /** Opens the store that is there; a command that is not understood leaves it alone. Closed behind the command. */
  readonly open: () => Promise<Services>;
  /** The same, and makes the store where there is none. */
  readonly openOrMake: () => Promise<Services>;
  readonly print: (line: string) => void;
  readonly onFailure: (error: unknown) => void;
};
type Command = (args: readonly string[], context: CommandContext) => Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = {
  audit: runAuditCommand,
  keys: (args, { open, print }) => runKeysCommand(args, { open: async () => toKeysStore(await open()), print }),
  import: (args, { openOrMake: open, ...context }) => runImportCommand(args, { ...context, open }),
  backup: runBackupCommand,
  restore: runRestoreCommand,
  users: runUsersCommand,
  config: async (args, { config, print }) => runConfigCommand(args, config, process.env, print),
};

function toKeysStore(services: Services): KeysStore {
  const { ring, remoteKeys, envelope, checks, sealedSources: sources, audit, database, access } = services;
  const shred = () => database.shred();
  const rotateSigningKey = () => access.signingKeys.rotateSigningKey();
  return { ring, remoteKeys, envelope, checks, sources, audit, rotateSigningKey, shred };
}

/** A trail that is called whole, or a backup that is written, of an empty store: the wrong folder would never be noticed. */
async function requireStore(config: Config): Promise<void> {
  if (await isStoreMade(config)) return;
  const { DATABASE_URL, DATA_DIR } = config;
  const place = DATABASE_URL === undefined ? `DATA_DIR (${path.resolve(DATA_DIR)})` : "the database that DATABASE_URL names";
  throw new ConfigError(`There is no store in ${place}: a start, an import or a restore makes one.`);
}

/** Runs `npm run <command>` on the configured store, beside running gateways; resolves with the exit code. */
export async function runCommand(name: string, args: readonly string[], config: Config): Promise<number> {
  const output = createCommandOutput(process.stdout);
  const { print } = output;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    print(`There is no command ${name}. Known are: ${Object.keys(COMMANDS).join(", ")}.`);
    return USAGE_ERROR;
  }
  // Standard output is the command's: a line of the log in an export would make it another file.
  const log = createLog("warn", createLogOutput(process.stderr));
  let services: Services | undefined;
  const openOrMake = async () => {
    const store = await openStore(config, log);
    services = createServices(config, store, log, await openStoreClock(store.database));
    return services;
  };
  const open = async () => {
    await requireStore(config);
    return openOrMake();
  };
  const onFailure = (error: unknown) => log.error({ err: error }, "a row could not be moved in");
  let code: number;
  try {
    code = await command(args, { config, open, openOrMake, print, onFailure });
  } finally {
    await services?.stop();
  }
  const failure = await output.findFailure();
  if (failure !== null) process.stderr.write(`Not all of the output could be written: ${failure.message}.\n`);
  return failure !== null && code === 0 ? 1 : code;
}
