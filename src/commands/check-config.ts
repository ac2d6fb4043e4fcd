import type { Variable } from "../config/variable.ts";
import { type Config, VARIABLES } from "../config.ts";
import { readTls } from "../http/tls.ts";
import { USAGE_ERROR } from "./usage-error.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a variable's value comes from, in words; never the value. */
function sourceOf(name: string, { isSecret, initial }: Variable, environment: Environment): string {
  if (isSecret && environment[`${name}_FILE`]) return "from a file";
  if (environment[name]) return isSecret ? "set in the environment, where a file would be safer" : "set";
  return initial === "" ? "not set" : "default";
}

/** What is allowed, and yet worth a second look before strangers come. */
function doubtsOf({ HOST, PUBLIC_URL, REGISTRATION, INTROSPECTION, TRUSTED_ISSUERS }: Config): string[] {
  const isReachable = !["127.0.0.1", "::1", "localhost"].includes(HOST);
  return [
    ...(isReachable && !PUBLIC_URL?.startsWith("https:") ? ["HOST is open to others, and PUBLIC_URL is no https URL."] : []),
    ...(isReachable && REGISTRATION === "open" ? ["REGISTRATION is open to whoever reaches HOST."] : []),
    ...TRUSTED_ISSUERS.filter(({ proof, audience }) => "jwksUrl" in proof && audience === null).map(
      ({ key }) => `TRUSTED_ISSUERS believes every token of ${key}, those made for other systems too: name an audience.`,
    ),
    ...(INTROSPECTION === "public" ? ["INTROSPECTION shows the schema to strangers."] : []),
  ];
}

/**
 * Runs `npm run config -- check`: prints where each variable's value comes from, never the value. Whoever gets here has a usable
 * configuration: a bad one was refused, with all that is wrong, before any command ran.
 */
export function runConfigCommand(
  args: readonly string[],
  config: Config,
  environment: Environment,
  print: (line: string) => void,
): 0 | typeof USAGE_ERROR {
  if (args.length !== 1 || args[0] !== "check") {
    print("Usage: npm run config -- check");
    return USAGE_ERROR;
  }
  readTls(config);
  for (const [name, variable] of Object.entries<Variable>(VARIABLES)) print(`${name}: ${sourceOf(name, variable, environment)}`);
  for (const doubt of doubtsOf(config)) print(`Look again: ${doubt}`);
  print("The configuration is usable.");
  return 0;
}
