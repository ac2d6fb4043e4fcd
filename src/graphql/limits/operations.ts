import { GraphQLError, type ValidationRule } from "graphql";

/** At most so many operations in a document, of which `operationName` picks one. */
export function limitOperations(max: number): ValidationRule {
  return (context) => {
    let count = 0;
    return {
      OperationDefinition() {
        count += 1;
        if (count === max + 1) context.reportError(new GraphQLError(`At most ${max} operations in a document.`));
      },
    };
  };
}
