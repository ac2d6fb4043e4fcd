import { GraphQLError, Kind, type SelectionNode, type ValidationRule } from "graphql";

function keyOf(selection: SelectionNode): string | null {
  if (selection.kind === Kind.INLINE_FRAGMENT) return null;
  if (selection.kind === Kind.FRAGMENT_SPREAD) return `...${selection.name.value}`;
  return selection.alias?.value ?? selection.name.value;
}

/** At most so many repetitions of what already stands in the same selection set: they cost work and answer nothing. */
export function limitDuplicates(max: number): ValidationRule {
  return (context) => {
    let count = 0;
    return {
      SelectionSet({ selections }) {
        const keys = selections.map(keyOf).filter((key) => key !== null);
        const before = count;
        count += keys.length - new Set(keys).size;
        if (before <= max && count > max) {
          context.reportError(new GraphQLError(`At most ${max} repeated fields in a document.`));
        }
      },
    };
  };
}
