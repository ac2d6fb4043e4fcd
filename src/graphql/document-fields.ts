import { type DocumentNode, visit } from "graphql";

const known = new WeakMap<DocumentNode, ReadonlySet<string>>();

/** The names of all fields in a document, wherever they stand; counted once per parsed document. */
export function fieldNamesOf(document: DocumentNode): ReadonlySet<string> {
  const found = known.get(document);
  if (found !== undefined) return found;
  const names = new Set<string>();
  visit(document, { Field: (node) => void names.add(node.name.value) });
  known.set(document, names);
  return names;
}
