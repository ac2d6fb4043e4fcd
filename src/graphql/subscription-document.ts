import { type DocumentNode, GraphQLError, getOperationAST, type OperationDefinitionNode } from "graphql";
import type { Documents } from "./documents.ts";
import { type PersistedOperations, requirePersisted } from "./persisted-operations.ts";

function refuse(message: string): never {
  throw new GraphQLError(message);
}

export type Subscription = { readonly document: DocumentNode; readonly operation: OperationDefinitionNode };

/**
 * A subscription's document, checked like every other document.
 * @throws {GraphQLError} the first thing that is wrong with it; queries and mutations have no place in a stream.
 */
export function checkSubscription(
  documents: Documents,
  persisted: PersistedOperations | null,
  query: string,
  operationName: string | undefined,
): Subscription {
  if (persisted !== null) requirePersisted(persisted, { query });
  const document = documents.check(query);
  const operation = getOperationAST(document, operationName);
  if (operation == null) return refuse("Name the operation to run by operationName.");
  if (operation.operation !== "subscription") return refuse("Only subscriptions are streamed; send the rest to /graphql.");
  return { document, operation };
}
