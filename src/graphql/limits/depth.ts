import { GraphQLError, Kind, type SelectionSetNode, type ValidationRule } from "graphql";
import { createFragmentMeasure } from "./fragment-sums.ts";

/** Levels of what users ask for, and of introspection, which has a limit of its own. */
type Depth = { readonly ordinary: number; readonly introspection: number };

const FLAT: Depth = { ordinary: 0, introspection: 0 };
/** What a tool's introspection query needs: 15 fields, and three fragments around them. */
const INTROSPECTION_MAX = 18;

function deeper(left: Depth, right: Depth): Depth {
  return {
    ordinary: Math.max(left.ordinary, right.ordinary),
    introspection: Math.max(left.introspection, right.introspection),
  };
}

/** One level more of what is there; a selection of nothing but introspection has no ordinary level, and the other way round. */
function below({ ordinary, introspection }: Depth): Depth {
  return { ordinary: ordinary && ordinary + 1, introspection: introspection && introspection + 1 };
}

/**
 * At most so many levels in an operation: a field is one, and so is every fragment, inline or named, since each of them
 * is a level of work. Introspection is measured apart.
 */
export function limitDepth(max: number): ValidationRule {
  return (context) => {
    const ofFragment = createFragmentMeasure(context, FLAT, (fragment) => ofSelections(fragment.selectionSet));
    const ofField = (name: string, set: SelectionSetNode | undefined): Depth => {
      const within = set === undefined ? FLAT : ofSelections(set);
      const levels = 1 + Math.max(within.ordinary, within.introspection);
      return name === "__schema" || name === "__type" ? { ...FLAT, introspection: levels } : { ...FLAT, ordinary: levels };
    };
    const ofSelections = ({ selections }: SelectionSetNode): Depth => {
      let deepest = FLAT;
      for (const selection of selections) {
        if (selection.kind === Kind.FIELD) deepest = deeper(deepest, ofField(selection.name.value, selection.selectionSet));
        else if (selection.kind === Kind.INLINE_FRAGMENT) deepest = deeper(deepest, below(ofSelections(selection.selectionSet)));
        else deepest = deeper(deepest, below(ofFragment(selection.name.value)));
      }
      return deepest;
    };
    return {
      OperationDefinition({ selectionSet }) {
        const { ordinary, introspection } = ofSelections(selectionSet);
        if (ordinary <= max && introspection <= INTROSPECTION_MAX) return;
        context.reportError(new GraphQLError(`At most ${max} levels of fields and fragments in an operation.`));
      },
    };
  };
}
