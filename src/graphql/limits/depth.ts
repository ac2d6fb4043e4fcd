import { type FragmentDefinitionNode, GraphQLError, Kind, type SelectionSetNode, type ValidationRule } from "graphql";

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;
/** Fields inside fields, and selection sets inside selection sets: fragments without a field in between add to the second alone. */
type Depth = { readonly fields: number; readonly levels: number };

const FLAT: Depth = { fields: 0, levels: 0 };
/** What a tool's introspection query needs: 15 fields, and three fragments around them. */
const INTROSPECTION_MAX = 16;
const LEVELS_PER_FIELD = 2;

function deeper(left: Depth, right: Depth): Depth {
  return { fields: Math.max(left.fields, right.fields), levels: Math.max(left.levels, right.levels) };
}

function isIntrospection(name: string): boolean {
  return name === "__schema" || name === "__type";
}

/** Walks one kind of root field, the ordinary ones or introspection's, since each has its own limit. */
function createMeasure(fragments: Fragments, ofIntrospection: boolean) {
  const known = new Map<string, Depth>();

  function ofFragment(name: string, isRoot: boolean): Depth {
    const fragment = fragments.get(name);
    if (fragment === undefined) return FLAT;
    const key = `${name} ${isRoot}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    // What a fragment in a circle adds is left to the rule against circles.
    known.set(key, FLAT);
    const depth = ofSelections(fragment.selectionSet, isRoot);
    known.set(key, depth);
    return depth;
  }

  function ofSelections(set: SelectionSetNode, isRoot: boolean): Depth {
    let deepest = FLAT;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        if (isRoot && isIntrospection(selection.name.value) !== ofIntrospection) continue;
        const below = selection.selectionSet === undefined ? FLAT : ofSelections(selection.selectionSet, false);
        deepest = deeper(deepest, { fields: below.fields + 1, levels: below.levels });
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        deepest = deeper(deepest, ofSelections(selection.selectionSet, isRoot));
      } else deepest = deeper(deepest, ofFragment(selection.name.value, isRoot));
    }
    return { fields: deepest.fields, levels: deepest.levels + 1 };
  }
  return (set: SelectionSetNode) => ofSelections(set, true);
}

function isWithin(depth: Depth, max: number): boolean {
  return depth.fields <= max && depth.levels <= max * LEVELS_PER_FIELD;
}

/** At most so many fields inside each other, wherever fragments cut them; introspection has a limit of its own. */
export function limitDepth(max: number): ValidationRule {
  return (context) => {
    const definitions = context.getDocument().definitions;
    const fragments = new Map(
      definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION).map((node) => [node.name.value, node]),
    );
    const measure = createMeasure(fragments, false);
    const measureIntrospection = createMeasure(fragments, true);
    return {
      OperationDefinition({ selectionSet }) {
        if (isWithin(measure(selectionSet), max) && isWithin(measureIntrospection(selectionSet), INTROSPECTION_MAX)) return;
        context.reportError(new GraphQLError(`At most ${max} levels of fields in an operation.`));
      },
    };
  };
}
