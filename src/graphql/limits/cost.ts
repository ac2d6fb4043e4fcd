import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from "graphql";
import { refuseOperation } from "./refuse-operation.ts";

/** What a list without pages counts as: a credential's fields, a project's connectors. Such a list comes with its object. */
const SMALL_LIST = 2;
/** What an object counts that is looked up by its own id: some statements, where a page takes few for all. */
const LOOKED_UP = 4;
/** What a search counts beside what it finds: it reads all that there is, and on SQLite nothing else is done meanwhile. */
const SEARCHED = 100;
/** What the count of a whole list counts: it reads an index of all that there is, however small the page. */
const COUNTED = 50;
const COUNT_FIELD = "totalCount";
const DEFAULT_PAGE = 20;
/** More is refused by the lists themselves, which name the argument. */
const LARGEST_PAGE = 100;
/** Beyond this it no longer matters by how much: fragments that multiply would leave the integers. */
const BEYOND_ALL = 1_000_000_000;

type Variables = Readonly<Record<string, unknown>>;
/** The objects that are asked for, and those of the schema's description of itself. */
export type Cost = { readonly objects: number; readonly introspection: number };

const FREE: Cost = { objects: 0, introspection: 0 };
const ONE_COUNT: Cost = { objects: COUNTED, introspection: 0 };

function sum(left: Cost, right: Cost): Cost {
  return {
    objects: Math.min(BEYOND_ALL, left.objects + right.objects),
    introspection: Math.min(BEYOND_ALL, left.introspection + right.introspection),
  };
}

function times(count: number, { objects, introspection }: Cost): Cost {
  return { objects: Math.min(BEYOND_ALL, count * objects), introspection: Math.min(BEYOND_ALL, count * introspection) };
}

/**
 * Counts the objects that an operation asks for at most: every field of an object type is one, times the sizes of the lists
 * around it; scalars are part of their object. `edges` and `nodes` are as many as their connection's `first` (20 when left
 * out; a variable's value, or 100 while it is unknown), and a list by ids as many as there are ids, each four. A search
 * counts a hundred, a list's `totalCount` fifty. A fragment counts wherever it is spread and an alias like any field, although
 * execution may merge some of them. Each fragment is measured once per page size around it.
 */
class CostMeter {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #measured = new Map<string, Cost>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly variables: Variables | null,
  ) {
    const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  }

  ofOperation({ operation, selectionSet }: OperationDefinitionNode): Cost {
    return this.#ofSelections(selectionSet, this.schema.getRootType(operation) ?? undefined, SMALL_LIST);
  }

  #ofSelections({ selections }: SelectionSetNode, parent: GraphQLNamedType | undefined, pageSize: number): Cost {
    let cost = FREE;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) cost = sum(cost, this.#ofField(selection, parent, pageSize));
      else if (selection.kind === Kind.FRAGMENT_SPREAD) cost = sum(cost, this.#ofFragment(selection.name.value, pageSize));
      else {
        const condition = selection.typeCondition?.name.value;
        const type = condition === undefined ? parent : this.schema.getType(condition);
        cost = sum(cost, this.#ofSelections(selection.selectionSet, type, pageSize));
      }
    }
    return cost;
  }

  #ofFragment(name: string, pageSize: number): Cost {
    const key = `${name} ${pageSize}`;
    const found = this.#measured.get(key);
    if (found !== undefined) return found;
    this.#measured.set(key, FREE);
    const fragment = this.#fragments.get(name);
    if (fragment === undefined) return FREE;
    const type = this.schema.getType(fragment.typeCondition.name.value);
    const cost = this.#ofSelections(fragment.selectionSet, type, pageSize);
    this.#measured.set(key, cost);
    return cost;
  }

  #ofField(node: FieldNode, parent: GraphQLNamedType | undefined, pageSize: number): Cost {
    const field = fieldOf(parent, node.name.value);
    if (field?.name === COUNT_FIELD) return ONE_COUNT;
    if (field === undefined || node.selectionSet === undefined) return FREE;
    const type = getNamedType(field.type);
    if (!isCompositeType(type)) return FREE;
    const isPaged = field.args.some(({ name }) => name === "first");
    const within = this.#ofSelections(node.selectionSet, type, isPaged ? this.#pageSizeOf(node) : SMALL_LIST);
    if (field === SchemaMetaFieldDef || field === TypeMetaFieldDef) {
      return { objects: 0, introspection: Math.min(BEYOND_ALL, 1 + within.objects) };
    }
    if (field.args.some(({ name }) => name === "ids")) {
      return times(this.#idCountOf(node), sum(within, { objects: LOOKED_UP, introspection: 0 }));
    }
    const count = isListType(getNullableType(field.type)) ? pageSize : 1;
    const own = this.#isSearch(node) ? SEARCHED : 1;
    return times(count, sum(within, { objects: own, introspection: 0 }));
  }

  #isSearch({ arguments: given = [] }: FieldNode): boolean {
    const value = given.find(({ name }) => name.value === "search")?.value;
    if (value === undefined || value.kind === Kind.NULL) return false;
    return value.kind !== Kind.VARIABLE || this.variables === null || this.variables[value.name.value] != null;
  }

  /** How many ids a field is given; a variable's number, or a page's most while it is unknown. */
  #idCountOf({ arguments: given = [] }: FieldNode): number {
    const value = given.find(({ name }) => name.value === "ids")?.value;
    if (value?.kind === Kind.LIST) return value.values.length;
    if (value?.kind !== Kind.VARIABLE) return 1;
    if (this.variables === null) return LARGEST_PAGE;
    const ids = this.variables[value.name.value];
    return Array.isArray(ids) ? ids.length : 1;
  }

  #pageSizeOf({ arguments: given = [] }: FieldNode): number {
    const value = given.find(({ name }) => name.value === "first")?.value;
    if (value?.kind === Kind.INT) return clampPage(Number(value.value));
    if (value?.kind !== Kind.VARIABLE) return DEFAULT_PAGE;
    if (this.variables === null) return LARGEST_PAGE;
    const wanted = this.variables[value.name.value];
    return typeof wanted === "number" && Number.isFinite(wanted) ? clampPage(wanted) : DEFAULT_PAGE;
  }
}

function clampPage(size: number): number {
  return Math.min(LARGEST_PAGE, Math.max(1, size));
}

function fieldOf(parent: GraphQLNamedType | undefined, name: string): GraphQLField<unknown, unknown> | undefined {
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

/** What a valid operation costs; without its variables, what it costs at most. */
function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables | null,
): Cost {
  return new CostMeter(schema, document, variables).ofOperation(operation);
}

const introspectionLimits = new WeakMap<GraphQLSchema, number>();

/** Twice what a tool's query for the whole schema costs. */
function introspectionLimitOf(schema: GraphQLSchema): number {
  const found = introspectionLimits.get(schema);
  if (found !== undefined) return found;
  const document = parse(getIntrospectionQuery({ inputValueDeprecation: true }));
  const [operation] = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const limit = operation === undefined ? 0 : 2 * costOf(schema, document, operation, null).introspection;
  introspectionLimits.set(schema, limit);
  return limit;
}

const costAtMost = new WeakMap<OperationDefinitionNode, Cost>();

/**
 * Refuses an operation that asks for more than so many objects. Operations of remembered documents that are cheap
 * whatever their variables say cost one look-up.
 * @throws {GraphQLError}
 */
export function requireAffordable(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
  max: number,
): void {
  const atMost = costAtMost.get(operation) ?? costOf(schema, document, operation, null);
  costAtMost.set(operation, atMost);
  if (atMost.introspection > introspectionLimitOf(schema)) {
    throw refuseOperation("This asks more of the schema than its whole description.");
  }
  if (atMost.objects <= max) return;
  const { objects } = costOf(schema, document, operation, { ...defaultsOf(operation), ...variables });
  if (objects > max) throw refuseOperation(`The operation costs ${objects}; at most ${max} is taken. Ask for smaller pages.`);
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Variables {
  return Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue?.kind === Kind.INT ? [[variable.name.value, Number(defaultValue.value)]] : [],
    ),
  );
}
