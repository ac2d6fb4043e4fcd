import { GraphQLError, Kind, type SelectionNode, type ValidationRule } from "graphql";

function keyOf(selection: SelectionNode): string | null {
  if (selection.kind === Kind.INLINE_FRAGMENT) return null;
  if (selection.kind === Kind.FRAGMENT_SPREAD) return `...${selection.name.value}`;
  return selection.alias?.value ?? selection.name.value;
}

/**
 * At most so many repetitions of what already stands in the same selection set, and no field more than so many times: they cost
 * work and answer nothing. Repetitions, since fragments that name a few fields alike are how clients are built.
 */
export function limitDuplicates(max: number): ValidationRule {
  return (context) => {
    let repetitions = 0;
    let isReported = false;
    return {
      SelectionSet({ selections }) {
        const times = new Map<string, number>();
        for (const selection of selections) {
          const key = keyOf(selection);
          if (key === null) continue;
          const appearances = (times.get(key) ?? 0) + 1;
          times.set(key, appearances);
          if (appearances > 1) repetitions += 1;
          if (isReported || (repetitions <= max && appearances <= max)) continue;
          isReported = true;
          context.reportError(new GraphQLError(`At most ${max} repeated fields in a document.`));
        }
      },
    };
  };
}
