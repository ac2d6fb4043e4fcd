import {
  GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  type ValidationRule,
} from "graphql";

/** Mutations that show a secret, or every time log in upstream. */
const SHOWING: ReadonlySet<string> = new Set(["revealCredential", "exportCredentials"]);
const GUESSED = /password|refreshToken|^code$/i;

/** True for a mutation that takes what could be guessed, in an argument or in a field of its input. */
function takesGuess({ args }: GraphQLField<unknown, unknown>): boolean {
  return args.some((argument) => {
    const type = getNamedType(argument.type);
    const names = isInputObjectType(type) ? Object.keys(type.getFields()) : [];
    return [argument.name, ...names].some((name) => GUESSED.test(name));
  });
}

const known = new WeakMap<GraphQLSchema, ReadonlySet<string>>();

function singleUseFieldsOf(schema: GraphQLSchema): ReadonlySet<string> {
  const found = known.get(schema);
  if (found !== undefined) return found;
  const fields = Object.values(schema.getMutationType()?.getFields() ?? {});
  const names = new Set(fields.filter((field) => SHOWING.has(field.name) || takesGuess(field)).map(({ name }) => name));
  known.set(schema, names);
  return names;
}

/**
 * Each mutation that takes a password, a code or a refresh token, or shows a secret, at most once in a document, under whatever
 * alias and in whatever fragment or operation: otherwise one request guesses a thousand passwords or empties an account,
 * and counts as one. Which they are is read from the schema, so that a new one is among them.
 */
export function limitSingleUse(): ValidationRule {
  return (context) => {
    const fieldNames = singleUseFieldsOf(context.getSchema());
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
