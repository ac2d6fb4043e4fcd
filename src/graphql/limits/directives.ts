import { GraphQLError, type ValidationRule } from "graphql";

/** At most so many directives in a document. */
export function limitDirectives(max: number): ValidationRule {
  return (context) => {
    let count = 0;
    return {
      Directive() {
        count += 1;
        if (count === max + 1) context.reportError(new GraphQLError(`At most ${max} directives in a document.`));
      },
    };
  };
}
