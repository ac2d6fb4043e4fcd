import { GraphQLError, type ValidationRule } from "graphql";

/**
 * Each of these fields at most once in a document, under whatever alias: otherwise one request guesses a thousand
 * passwords or empties an account, and counts as one.
 */
export function limitSingleUse(fieldNames: ReadonlySet<string>): ValidationRule {
  return (context) => {
    const seen = new Set<string>();
    return {
      Field({ name: { value: name } }) {
        if (!fieldNames.has(name)) return;
        if (seen.has(name)) context.reportError(new GraphQLError(`${name} may stand only once in a document.`));
        seen.add(name);
      },
    };
  };
}
