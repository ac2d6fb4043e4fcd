import { type DocumentNode, GraphQLError } from "graphql";
import type { Viewer } from "../access/viewer.ts";
import type { Config } from "../config.ts";
import { fieldNamesOf } from "./document-fields.ts";

/**
 * Refuses a document that reads the schema where the operator keeps it to users, or to himself. This is no protection:
 * the schema of a public product is public, and authorisation does not lean on it.
 */
export function requireIntrospection(policy: Config["INTROSPECTION"], viewer: Viewer, document: DocumentNode): void {
  if (policy === "public" || (policy === "signed-in" && viewer.type !== "ANONYMOUS")) return;
  const names = fieldNamesOf(document);
  if (!names.has("__schema") && !names.has("__type")) return;
  const message = policy === "off" ? "This server does not show its schema." : "Sign in to read the schema.";
  const code = policy === "off" ? "FORBIDDEN" : "UNAUTHENTICATED";
  throw new GraphQLError(message, { extensions: { code, http: { status: 400 } } });
}
