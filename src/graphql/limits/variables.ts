import { GraphQLError, type ValidationRule } from "graphql";

/** At most so many variables of an operation. */
export function limitVariables(max: number): ValidationRule {
  return (context) => ({
    OperationDefinition({ variableDefinitions = [] }) {
      if (variableDefinitions.length <= max) return;
      context.reportError(new GraphQLError(`At most ${max} variables in an operation.`));
    },
  });
}
