import {
  type DocumentNode,
  type FragmentSpreadNode,
  type GraphQLResolveInfo,
  type InlineFragmentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  visit,
} from "graphql";

const known = new WeakMap<DocumentNode, ReadonlySet<string>>();
const knownWithin = new WeakMap<OperationDefinitionNode, ReadonlySet<string>>();

/** The names of all fields in a document, wherever they stand; counted once per parsed document. */
export function fieldNamesOf(document: DocumentNode): ReadonlySet<string> {
  const found = known.get(document);
  if (found !== undefined) return found;
  const names = new Set<string>();
  collectNames(document, names);
  known.set(document, names);
  return names;
}

/** The names of all fields that the operation under way, or a fragment beside it, asks for, wherever they stand. */
export function fieldNamesWithin({ operation, fragments }: GraphQLResolveInfo): ReadonlySet<string> {
  const found = knownWithin.get(operation);
  if (found !== undefined) return found;
  const names = new Set<string>();
  for (const node of [operation, ...Object.values(fragments)]) collectNames(node, names);
  knownWithin.set(operation, names);
  return names;
}

/** What a fragment puts into its place, inline or by name; none for a name that the document does not have. */
export function selectionsOf(
  document: DocumentNode,
  fragment: InlineFragmentNode | FragmentSpreadNode,
): readonly SelectionNode[] {
  if (fragment.kind === Kind.INLINE_FRAGMENT) return fragment.selectionSet.selections;
  const { value } = fragment.name;
  const named = document.definitions.find((each) => each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === value);
  return named?.kind === Kind.FRAGMENT_DEFINITION ? named.selectionSet.selections : [];
}

function collectNames(node: Parameters<typeof visit>[0], names: Set<string>): void {
  visit(node, { Field: ({ name }) => void names.add(name.value) });
}
