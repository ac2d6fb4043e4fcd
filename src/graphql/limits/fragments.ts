import { GraphQLError, type ValidationRule } from "graphql";

/** At most so many named fragments in a document. */
export function limitFragments(max: number): ValidationRule {
  return (context) => {
    let count = 0;
    return {
      FragmentDefinition() {
        count += 1;
        if (count === max + 1) context.reportError(new GraphQLError(`At most ${max} fragments in a document.`));
      },
    };
  };
}
