import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { GraphQLError } from "graphql";
import { z } from "zod";
import type { Config } from "../config.ts";
import { GatewayError } from "../errors.ts";
import type { PublicDir } from "../http/built-page.ts";
import { digestOf } from "./documents.ts";

/** The members of a request as they came. */
export type Members = Readonly<Record<string, unknown>>;

/** True for what has members: no list, and not nothing. */
export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The documents that a server takes which takes no others. */
export type PersistedOperations = {
  /** A document's text by its id, or by its text's SHA-256 in hexadecimal digits. */
  find(id: string): string | undefined;
};

const manifest = z.union([z.record(z.string(), z.string().min(1)), z.array(z.string().min(1))]);

/** The dashboard's own documents, as its build writes them. */
const OWN_FILE = "persisted-operations.json";

/**
 * The operations that the configuration names, or null where any document may come.
 * @throws {GatewayError} naming a file that cannot be read or is no list of documents
 */
export function readPersistedOperations(
  { PERSISTED_OPERATIONS, PERSISTED_OPERATIONS_FILES }: Pick<Config, "PERSISTED_OPERATIONS" | "PERSISTED_OPERATIONS_FILES">,
  publicDir: PublicDir,
): PersistedOperations | null {
  if (PERSISTED_OPERATIONS === "off") return null;
  const own = publicDir === null ? null : path.join(publicDir, OWN_FILE);
  const files = own !== null && existsSync(own) ? [own, ...PERSISTED_OPERATIONS_FILES] : PERSISTED_OPERATIONS_FILES;
  const texts = new Map<string, string>();
  for (const file of files) {
    for (const [id, text] of Object.entries(readManifest(file))) {
      texts.set(digestOf(text), text);
      // The positions in a list are nobody's ids.
      if (!/^\d+$/.test(id)) texts.set(id, text);
    }
  }
  return { find: (id) => texts.get(id) };
}

function readManifest(file: string): Readonly<Record<string, string>> | readonly string[] {
  try {
    return manifest.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    const message = `PERSISTED_OPERATIONS_FILES: ${file} is not a readable JSON object or list of GraphQL documents`;
    throw new GatewayError("BAD_USER_INPUT", message, { cause: error });
  }
}

/**
 * The text of the document that a request names by id, by digest or by its text.
 * @throws {GraphQLError} for one that is not among those that are taken
 */
export function requirePersisted(persisted: PersistedOperations, { query, documentId, extensions }: Members): string {
  const id = typeof documentId === "string" ? documentId.replace(/^sha256:/, "") : persistedQueryHashOf(extensions);
  const text = persisted.find(id ?? digestOf(typeof query === "string" ? query : ""));
  const isOther = typeof query === "string" && query !== "" && query !== text;
  if (text === undefined || isOther) {
    throw new GraphQLError("This server takes persisted operations alone, and this is none of them.");
  }
  return text;
}

function persistedQueryHashOf(extensions: unknown): string | undefined {
  const members = typeof extensions === "string" ? parseOrNull(extensions) : extensions;
  const persistedQuery = isMembers(members) ? members.persistedQuery : undefined;
  const digest = isMembers(persistedQuery) ? persistedQuery.sha256Hash : undefined;
  return typeof digest === "string" ? digest : undefined;
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
