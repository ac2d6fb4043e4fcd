import { type GraphQLOutputType, getNamedType, isAbstractType, isLeafType, isObjectType } from "graphql";
import { type Operation, SCHEMA } from "./operations.ts";

/** Deepest field of a document, as the limit of the API has it. */
const MAX_DEPTH = 8;

/** Pages are short, so that a document stays within the API's cost. */
const PAGE = "first: 5";

export type Selection = { readonly text: string; readonly paths: number };

/**
 * Everything that an object can lead to: every field of every type on the way, down to a depth, each type once on a path,
 * since coming back to it reaches nothing that was not reached before.
 */
function selectAll(type: GraphQLOutputType, depth: number = MAX_DEPTH - 1, above: readonly string[] = []): Selection {
  const object = getNamedType(type);
  if (isLeafType(object) || !isObjectType(object)) return { text: "", paths: 1 };
  let paths = 0;
  const fields = Object.values(object.getFields()).flatMap((field) => {
    const next = getNamedType(field.type);
    if (!isLeafType(next) && (depth === 0 || above.includes(next.name))) return [];
    const inner = selectAll(field.type, depth - 1, [...above, object.name]);
    paths += inner.paths;
    return [`${field.name} ${inner.text}`];
  });
  return { text: `{ __typename ${fields.join(" ")} }`, paths };
}

/** The documents that ask an operation for all that its answer can lead to: one, or one for each type that it may be of. */
export function wholeDocumentsOf({ kind, field }: Operation, variables: Readonly<Record<string, unknown>>): Selection[] {
  const args = field.args.filter(({ name }) => variables[name] !== undefined);
  const declared = args.map(({ name, type }) => `$${name}: ${type}`).join(", ");
  const isPaged = field.args.some(({ name }) => name === "first");
  const passed = [...args.map(({ name }) => `${name}: $${name}`), ...(isPaged ? [PAGE] : [])].join(", ");
  const begin = `${kind} ${declared === "" ? "" : `(${declared})`} { result: ${field.name}${passed === "" ? "" : `(${passed})`}`;
  const type = getNamedType(field.type);
  if (!isAbstractType(type)) return [selectAll(type)].map(({ text, paths }) => ({ text: `${begin} ${text} }`, paths }));
  return SCHEMA.getPossibleTypes(type).map((object) => {
    const { text, paths } = selectAll(object, MAX_DEPTH - 2);
    return { text: `${begin} { ... on ${object.name} ${text} } }`, paths };
  });
}
