import { availableParallelism } from "node:os";
import path from "node:path";
import type { z } from "zod";
import { ACCESS } from "./config/access.ts";
import { KEYS } from "./config/keys.ts";
import { LIMITS } from "./config/limits.ts";
import { LISTENING } from "./config/listening.ts";
import { readVariable } from "./config/secret-file.ts";
import { STORAGE } from "./config/storage.ts";
import { TELEMETRY } from "./config/telemetry.ts";
import { UPSTREAM } from "./config/upstream.ts";
import { UPSTREAM_LIMITS } from "./config/upstream-limits.ts";
import type { Variable } from "./config/variable.ts";

/** Every environment variable: each has its place in one of the files of `config/`. */
export const VARIABLES = {
  ...LISTENING,
  ...STORAGE,
  ...KEYS,
  ...ACCESS,
  ...UPSTREAM,
  ...LIMITS,
  ...UPSTREAM_LIMITS,
  ...TELEMETRY,
} as const;

export type Config = Readonly<{
  [Name in keyof typeof VARIABLES]: z.output<(typeof VARIABLES)[Name]["schema"]>;
}> & {
  readonly keyRingFile: string;
  readonly auditHeadsFile: string;
  /** Who issues the access tokens: the same on every node of a store, whatever port each of them has. */
  readonly issuer: string;
  /** Where the gateway is reached, as far as it knows. */
  readonly url: string;
  /** Processes that share the port. */
  readonly workers: number;
};

/** Thrown at start with every bad variable named, each with what is wrong with it; values are never printed. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** As many processes as were asked for. SQLite's store is one process's: what it caches, no other makes it forget. */
function workersOf({ WORKERS, DATABASE_URL }: Pick<Config, "WORKERS" | "DATABASE_URL">): number {
  if (WORKERS !== "auto") return WORKERS;
  return DATABASE_URL === undefined ? 1 : availableParallelism();
}

/**
 * The frozen configuration of an environment. An empty variable counts as absent.
 * @throws {ConfigError} naming every bad variable at once.
 */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, variable] of Object.entries<Variable>(VARIABLES)) {
    const { schema, initial } = variable;
    const given = readVariable(name, variable, environment);
    if ("problem" in given) {
      problems.push(`  ${name}: ${given.problem}`);
      continue;
    }
    const text = given.text || initial;
    const result = schema.safeParse(text === "" && schema.safeParse(undefined).success ? undefined : text);
    if (result.success) values[name] = result.data;
    else problems.push(`  ${name}: ${result.error.issues.map((issue) => issue.message).join("; ")}`);
  }
  if (environment.KEY_RING && environment.KEY_RING_FILE) problems.push("  KEY_RING: give either it or KEY_RING_FILE, not both");
  if ((values.TLS_CERT_FILE === undefined) !== (values.TLS_KEY_FILE === undefined))
    problems.push("  TLS_CERT_FILE: needs TLS_KEY_FILE, and the other way round");
  if (Number(values.WORKERS) > 1 && values.DATABASE_URL === undefined)
    problems.push("  WORKERS: more than one process needs DATABASE_URL, since a store in SQLite is used by one alone");
  if (problems.length > 0) throw new ConfigError(`The configuration is not usable:\n${problems.join("\n")}`);
  const config = values as Omit<Config, "keyRingFile" | "auditHeadsFile" | "issuer" | "url" | "workers">;
  const host = config.HOST.includes(":") ? `[${config.HOST}]` : config.HOST;
  return Object.freeze({
    ...config,
    keyRingFile: config.KEY_RING_FILE ?? path.join(config.DATA_DIR, "keys.json"),
    auditHeadsFile: config.AUDIT_HEADS_FILE ?? path.join(config.DATA_DIR, "audit-heads.jsonl"),
    workers: workersOf(config),
    issuer: config.PUBLIC_URL ?? "postern",
    url: config.PUBLIC_URL ?? `${config.TLS_CERT_FILE === undefined ? "http" : "https"}://${host}:${config.PORT}`,
  });
}
