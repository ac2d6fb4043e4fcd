import { type DocumentNode, GraphQLError, type GraphQLSchema, getOperationAST, parse, specifiedRules, validate } from "graphql";
import { LIMIT_RULES, LIMITS } from "./limits/limits.ts";

function refuse(message: string): never {
  throw new GraphQLError(message);
}

/**
 * A subscription's document, parsed and checked by the same rules as every other document.
 * @throws {GraphQLError} the first thing that is wrong with it; queries and mutations have no place in a stream.
 */
export function parseSubscription(schema: GraphQLSchema, query: string, operationName: string | undefined): DocumentNode {
  const document = parse(query, { maxTokens: LIMITS.tokens });
  for (const rules of [specifiedRules, LIMIT_RULES]) {
    const [error] = validate(schema, document, rules, { maxErrors: 1 });
    if (error !== undefined) throw error;
  }
  const operation = getOperationAST(document, operationName);
  if (operation == null) return refuse("Name the operation to run by operationName.");
  if (operation.operation !== "subscription") return refuse("Only subscriptions are streamed; send the rest to /graphql.");
  return document;
}
