import {
  type DocumentNode,
  GraphQLError,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
} from "graphql";
import { selectionsOf } from "./document-fields.ts";
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
  if (hasCondition(document, operation.selectionSet.selections))
    return refuse("The field of a subscription takes neither @skip nor @include.");
  return { document, operation };
}

const CONDITIONS: readonly string[] = ["skip", "include"];

/**
 * Whether the one field may be left out, which the specification forbids: graphql would look for it in vain, and fail.
 * Fragments cannot be circles: the document was checked.
 */
function hasCondition(document: DocumentNode, selections: readonly SelectionNode[]): boolean {
  return selections.some((selection) => {
    if (selection.directives?.some(({ name }) => CONDITIONS.includes(name.value))) return true;
    return selection.kind !== Kind.FIELD && hasCondition(document, selectionsOf(document, selection));
  });
}
