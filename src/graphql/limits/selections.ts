import { GraphQLError, Kind, type SelectionSetNode, type ValidationRule } from "graphql";
import { createFragmentMeasure } from "./fragment-sums.ts";

/** At most so many selections of an operation, with every fragment written out wherever it is spread. */
export function limitSelections(max: number): ValidationRule {
  return (context) => {
    const ofFragment = createFragmentMeasure(context, 0, (fragment) => countOf(fragment.selectionSet));
    const countOf = ({ selections }: SelectionSetNode): number => {
      let count = 0;
      for (const selection of selections) {
        count += 1;
        if (selection.kind === Kind.FRAGMENT_SPREAD) count += ofFragment(selection.name.value);
        else if (selection.selectionSet !== undefined) count += countOf(selection.selectionSet);
      }
      return count;
    };
    return {
      OperationDefinition({ selectionSet }) {
        if (countOf(selectionSet) <= max) return;
        context.reportError(new GraphQLError(`At most ${max} selections in an operation, its fragments written out.`));
      },
    };
  };
}
