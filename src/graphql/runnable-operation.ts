import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from "graphql";
import type { Viewer } from "../access/viewer.ts";
import type { Config } from "../config.ts";
import { requireIntrospection } from "./introspection.ts";
import { requireAffordable } from "./limits/cost.ts";
import { requireNarrowValues } from "./limits/wide-values.ts";

/** An operation that somebody asks for; its document is valid. */
export type AskedOperation = {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly viewer: Viewer;
};

/**
 * Refuses what depends on the variables and on who asks, although the document is remembered as valid for all.
 * @throws {GraphQLError}
 */
export function requireRunnable(
  { schema, document, operation, variables = {}, viewer }: AskedOperation,
  { INTROSPECTION, GRAPHQL_COST }: Pick<Config, "INTROSPECTION" | "GRAPHQL_COST">,
): void {
  requireNarrowValues(variables);
  requireIntrospection(INTROSPECTION, viewer, document);
  if (operation !== undefined) requireAffordable(schema, document, operation, variables, GRAPHQL_COST);
}
