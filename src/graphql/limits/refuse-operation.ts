import { GraphQLError } from "graphql";

/** The refusal of an operation that could be run but asks too much: a bad request, in GraphQL's terms and in HTTP's. */
export function refuseOperation(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { http: { status: 400 } } });
}
