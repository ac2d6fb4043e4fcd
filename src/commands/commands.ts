import type { Config } from "../config.ts";
import { createLog } from "../log.ts";
import { createServices, openStore, type Services } from "../services.ts";
import { runKeysCommand } from "./keys.ts";

type Command = (args: readonly string[], services: Services, print: (line: string) => void) => Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = {
  keys: (args, { ring, checks, sealedSources, audit }, print) =>
    runKeysCommand(args, { ring, checks, sources: sealedSources, audit, print }),
};

/** Exit code for words that are not understood, as in sysexits.h. */
const USAGE_ERROR = 64;

/** Runs `npm run <command>` on the configured store, beside running gateways; resolves with the exit code. */
export async function runCommand(name: string, args: readonly string[], config: Config): Promise<number> {
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    print(`There is no command ${name}. Known are: ${Object.keys(COMMANDS).join(", ")}.`);
    return USAGE_ERROR;
  }
  const log = createLog("warn");
  const services = createServices(config, await openStore(config, log), log);
  try {
    return await command(args, services, print);
  } finally {
    await services.stop();
  }
}
