import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import type { Config } from "../../config.ts";
import { ENVIRONMENT_LABEL } from "../../credentials/system-defaults.ts";
import { ImportSourceError } from "../../database/import-source.ts";
import { fieldsOf, type SourceAccount, type SourceCredential } from "./source-account.ts";

type Variables = Readonly<Record<string, unknown>>;

/** Which variables make a system default: all of the first, with those of the second that are there. */
const DEFAULTS = [
  {
    connector: "login-api",
    required: { email: "API_AUTH_EMAIL", password: "API_AUTH_PASSWORD" },
    optional: { login_url: "LOGIN_API_URL", base_url: "LOGIN_API_BASE_URL" },
  },
  {
    connector: "odoo",
    required: { database: "ODOO_DB", username: "ODOO_USERNAME", password: "ODOO_PASSWORD" },
    optional: { url: "ODOO_URL" },
  },
] as const;

/**
 * The system defaults in the variables of the chat assistant and of Odoo: of a `.env` file, or without one of Postern's own
 * environment. Those of its own environment Postern keeps as they are there at every start; those of a file stay.
 */
export async function* readEnvironmentFile(file: string | undefined, config: Config): AsyncIterable<SourceAccount> {
  const variables = file === undefined ? config : readVariables(file);
  const place = file === undefined ? "environment" : file;
  const label = file === undefined ? ENVIRONMENT_LABEL : "default";
  const credentials = DEFAULTS.flatMap((wanted) => toCredential(wanted, variables, { place, label }));
  if (credentials.length > 0) yield { name: "(system default)", place: null, account: null, credentials };
}

function readVariables(file: string): Variables {
  try {
    return parseEnv(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ImportSourceError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? "it is no .env file"}`);
  }
}

function toCredential(
  { connector, required, optional }: (typeof DEFAULTS)[number],
  variables: Variables,
  { place, label }: { readonly place: string; readonly label: string },
): SourceCredential[] {
  const read = (names: Readonly<Record<string, string>>) =>
    fieldsOf(Object.fromEntries(Object.entries(names).map(([field, name]) => [field, textIn(variables, name)])));
  const needed = read(required);
  if (needed.length === 0) return [];
  const missing = Object.values(required).filter((name) => !textIn(variables, name));
  const content =
    missing.length > 0 ? { problem: `${missing.join(", ")} is missing` } : { fields: [...needed, ...read(optional)] };
  // Two defaults in one file are two things: one may move in without the other.
  return [{ place: `${place} ${Object.values(required)[0]}`, connector, project: "", label, content }];
}

function textIn(variables: Variables, name: string): string | null {
  const value = variables[name];
  return typeof value === "string" ? value : null;
}
