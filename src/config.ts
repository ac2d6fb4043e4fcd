import path from "node:path";
import { z } from "zod";
import { trustedIssuersSchema } from "./access/issuer-entry.ts";
import { isAllowEntry } from "./upstream/allow-list.ts";

type Variable = { schema: z.ZodType; initial: string; about: string };

const port = z.coerce.number("must be a number").int().min(0).max(65_535);
const logLevel = z.enum(["trace", "debug", "info", "warn", "error", "silent"]);
const list = z.string().transform((text) =>
  text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ""),
);
const allowEntries = list.refine(
  (entries) => entries.every(isAllowEntry),
  "each must be a CIDR, an address, a host or host:port",
);
const requestsPerMinute = z.coerce.number().int().min(0).max(1_000_000_000);
const text = z.string().min(1).optional();
const httpUrl = z.url({ protocol: /^https?$/, error: "must be an http or https URL" });
const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, "must begin with postgresql:// (leave it out for SQLite)")
  .refine((url) => URL.canParse(url), "must be a URL");

/** Every environment variable, its default as text, and the line that the README and `.env.example` carry. */
export const VARIABLES = {
  HOST: { schema: z.string().min(1), initial: "127.0.0.1", about: "Address to listen on." },
  PORT: { schema: port, initial: "4000", about: "Port to listen on." },
  PUBLIC_URL: {
    schema: httpUrl.optional(),
    initial: "",
    about:
      "URL that people reach Postern by, the same on every node; issuer of its access tokens. Without it: `http://HOST:PORT`.",
  },
  DATA_DIR: { schema: z.string().min(1), initial: "./data", about: "Folder of the SQLite store and the key file." },
  DATABASE_URL: {
    schema: databaseUrl.optional(),
    initial: "",
    about: "`postgresql://…` to use PostgreSQL instead of SQLite.",
  },
  ADMIN_PASSWORD: {
    schema: z.string().min(8, "must have at least 8 characters").optional(),
    initial: "",
    about: "Password of the first administrator. Without it a random one is printed once.",
  },
  REGISTRATION: {
    schema: z.enum(["open", "closed"]),
    initial: "open",
    about: "`closed`: only administrators create accounts.",
  },
  LOGIN_FREE_ATTEMPTS: {
    schema: z.coerce.number().int().min(1).max(1_000),
    initial: "5",
    about:
      "Wrong passwords for an account before the next attempts have to wait, 1 second at first, twice as long each time, at most 60.",
  },
  LOGIN_FAILURES_PER_IP: {
    schema: z.coerce.number().int().min(1).max(1_000_000),
    initial: "100",
    about: "Failed sign-ins from one address (IPv6: one /64) in 15 minutes.",
  },
  TRUSTED_ISSUERS: {
    schema: trustedIssuersSchema,
    initial: "[]",
    about:
      "JSON list of systems whose JWTs are believed: `issuer` (its `iss`) or, for tokens without one, `name`; one of `secret`, `secretFile` (HS256, 32 bytes or more) and `jwksUrl`; as wanted `audience`, `userClaim`, `usernameClaim`, `emailClaim`, `createUsers` (true), `requireExpiry` (true), `role` (USER), `algorithms`.",
  },
  HMS_API_TOKEN: {
    schema: z
      .string()
      .regex(/^[\x21-\x7e]{8,4096}$/, "must have 8 characters or more, none of them a space")
      .optional(),
    initial: "",
    about: "A service token that reveals credentials of `app-login`, and may do nothing else.",
  },
  TEST_APPS: {
    schema: list,
    initial: "cigar,tobacco,whiskey,qa",
    about: "Applications, by commas, whose logins machines fetch at `/api/v1/credentials`.",
  },
  RATE_LIMIT_PER_MINUTE: {
    schema: requestsPerMinute,
    initial: "100",
    about: "Requests a minute that one address (IPv6: one /64) may make at `/api/v1/credentials`; 0: no limit.",
  },
  GENERAL_RATE_LIMIT_PER_MINUTE: {
    schema: requestsPerMinute,
    initial: "120000",
    about: "The same for every other route but the health checks.",
  },
  LOG_LEVEL: { schema: logLevel, initial: "info", about: "`trace`, `debug`, `info`, `warn`, `error` or `silent`." },
  KEY_RING_FILE: {
    schema: z.string().min(1).optional(),
    initial: "",
    about: "File of the key-encryption keys. Without it: `DATA_DIR/keys.json`.",
  },
  KEY_RING: {
    schema: z.string().min(1).optional(),
    initial: "",
    about: "The key ring itself as JSON, instead of a file. A file is safer: the environment is readable under `/proc`.",
  },
  INTROSPECTION: {
    schema: z.enum(["public", "signed-in", "off"]),
    initial: "signed-in",
    about: "Who may read the GraphQL schema from the server: `public`, `signed-in` or `off`.",
  },
  UPSTREAM_ALLOW: {
    schema: allowEntries,
    initial: "localhost:8069,127.0.0.1:8069",
    about: "CIDR, host or host:port, by commas, that users' URLs may reach although private, loopback or plain http.",
  },
  ODOO_URL: {
    schema: httpUrl,
    initial: "http://localhost:8069",
    about: "Odoo server that a credential without a URL of its own means.",
  },
  ODOO_DB: { schema: text, initial: "", about: "With the next two: the system default for Odoo, database of `ODOO_URL`." },
  ODOO_USERNAME: { schema: text, initial: "", about: "Login of the system default for Odoo." },
  ODOO_PASSWORD: { schema: text, initial: "", about: "Password or API key of the system default for Odoo." },
  API_AUTH_EMAIL: { schema: text, initial: "", about: "With the next one: the system default for the login API." },
  API_AUTH_PASSWORD: { schema: text, initial: "", about: "Password of the system default for the login API." },
  LOGIN_API_URL: {
    schema: httpUrl.optional(),
    initial: "",
    about: "Login route of the login API, for credentials that name none.",
  },
  LOGIN_API_BASE_URL: {
    schema: httpUrl.optional(),
    initial: "",
    about: "Where the login API's tokens are used, for credentials that name nothing else.",
  },
  LOGIN_API_TOKEN_TTL_SECONDS: {
    schema: z.coerce.number().int().min(1).max(86_400),
    initial: "480",
    about: "Seconds that a token of the login API is used at most.",
  },
  FALLBACK_POLICY: {
    schema: z.enum(["allow", "deny"]),
    initial: "allow",
    about: "`deny`: a user without a credential of their own is never served by a system default.",
  },
  PROJECTS_FILE: {
    schema: text,
    initial: "",
    about:
      "JSON list of the portal's projects: `slug`, `name`, then as wanted `description`, `healthUrl`, `launchUrl` (with `{username}`), `requiredConnectors` (connector ids), `sortOrder`, `isArchived`.",
  },
  TRUSTED_PROXIES: {
    schema: list,
    initial: "",
    about: "CIDR or addresses, by commas, of the proxies whose `X-Forwarded-For` is believed.",
  },
} as const satisfies Record<string, Variable>;

export type Config = Readonly<{
  [Name in keyof typeof VARIABLES]: z.output<(typeof VARIABLES)[Name]["schema"]>;
}> & { readonly keyRingFile: string; readonly issuer: string };

/** Thrown at start with every bad variable named, each with what is wrong with it; values are never printed. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * The frozen configuration of an environment. An empty variable counts as absent.
 * @throws {ConfigError} naming every bad variable at once.
 */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, { schema, initial }] of Object.entries<Variable>(VARIABLES)) {
    const text = environment[name] || initial;
    const result = schema.safeParse(text === "" && schema.safeParse(undefined).success ? undefined : text);
    if (result.success) values[name] = result.data;
    else problems.push(`  ${name}: ${result.error.issues.map((issue) => issue.message).join("; ")}`);
  }
  if (environment.KEY_RING && environment.KEY_RING_FILE) problems.push("  KEY_RING: give either it or KEY_RING_FILE, not both");
  if (problems.length > 0) throw new ConfigError(`The configuration is not usable:\n${problems.join("\n")}`);
  const config = values as Omit<Config, "keyRingFile" | "issuer">;
  const host = config.HOST.includes(":") ? `[${config.HOST}]` : config.HOST;
  return Object.freeze({
    ...config,
    keyRingFile: config.KEY_RING_FILE ?? path.join(config.DATA_DIR, "keys.json"),
    issuer: config.PUBLIC_URL ?? `http://${host}:${config.PORT}`,
  });
}
