import { GraphQLError, type ValidationRule } from "graphql";

/** At most so many aliases in a document, `__typename`'s too: an alias runs one field many times in one request. */
export function limitAliases(max: number): ValidationRule {
  return (context) => {
    let count = 0;
    return {
      Field(node) {
        if (node.alias === undefined) return;
        count += 1;
        if (count === max + 1) context.reportError(new GraphQLError(`At most ${max} aliases in a document.`));
      },
    };
  };
}
