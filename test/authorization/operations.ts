import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { FastifyInstance } from "fastify";
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { gatewaySchema } from "../../src/graphql/schema.ts";

export const SCHEMA = gatewaySchema();

export type Operation = {
  readonly name: string;
  readonly kind: "query" | "mutation" | "subscription";
  readonly field: RootField;
};
export type RootField = GraphQLField<unknown, unknown>;

/** Every field of Query, Mutation and Subscription. */
export const OPERATIONS: readonly Operation[] = (["query", "mutation", "subscription"] as const).flatMap((kind) => {
  const root = { query: SCHEMA.getQueryType(), mutation: SCHEMA.getMutationType(), subscription: SCHEMA.getSubscriptionType() }[
    kind
  ];
  return Object.values(root?.getFields() ?? {}).map((field) => ({ name: `${root?.name}.${field.name}`, kind, field }));
});

/** A field that says of an object whether it is empty or was refused; none for what is no object. */
function selectionOf(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return "";
  const told = isObjectType(named) ? named.getFields() : {};
  return `{ __typename ${told.userErrors ? "userErrors { code }" : ""} ${told.totalCount ? "totalCount" : ""} }`;
}

/** A document that asks for one operation with the variables as its arguments. */
export function documentOf({ kind, field }: Operation, variables: Readonly<Record<string, unknown>>): string {
  const args = field.args.filter(({ name }) => variables[name] !== undefined);
  const declared = args.map(({ name, type }) => `$${name}: ${type}`).join(", ");
  const passed = args.map(({ name }) => `${name}: $${name}`).join(", ");
  const [declaration, call] = args.length === 0 ? ["", ""] : [`(${declared})`, `(${passed})`];
  return `${kind} ${declaration} { result: ${field.name}${call} ${selectionOf(field.type)} }`;
}

/** Which of the world's records an operation's `id` is, by the operation's name. */
function recordNameOf(operation: string): string {
  const nouns = [
    [/User/, "user"],
    [/Session/, "session"],
    [/ServiceToken/, "serviceToken"],
    [/[Pp]roject/, "project"],
    [/[Ss]ync/, "run"],
  ] as const;
  return nouns.find(([pattern]) => pattern.test(operation))?.[1] ?? "credential";
}

/** Variables that make sense to an operation: Ada's records for ids and credentials, something for what must be given. */
export function variablesFor(
  { name, field }: Operation,
  records: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  return exampleOfAll(field.args, (each) => exampleOf(each.type, each.name, name, records));
}

type Given = GraphQLArgument | GraphQLInputField;

function exampleOfAll(all: readonly Given[], example: (given: Given) => unknown): Record<string, unknown> {
  const wanted = all.filter((given) => isRequired(given) || /^(id|credential|input)$/.test(given.name));
  return Object.fromEntries(wanted.map((given) => [given.name, example(given)]));
}

function isRequired({ type, defaultValue }: Given): boolean {
  return isNonNullType(type) && defaultValue === undefined;
}

function exampleOf(type: GraphQLInputType, name: string, operation: string, records: Readonly<Record<string, string>>): unknown {
  if (isNonNullType(type)) return exampleOf(type.ofType, name, operation, records);
  if (isListType(type)) return [exampleOf(type.ofType, name, operation, records)];
  if (isEnumType(type)) return type.getValues()[0]?.value;
  if (isInputObjectType(type)) {
    if (type.name === "CredentialSelector") return { id: records.credential };
    return exampleOfAll(Object.values(type.getFields()), (each) => exampleOf(each.type, each.name, operation, records));
  }
  if (name === "id") return records[recordNameOf(operation)];
  const scalar = getNamedType(type).name;
  return { Int: 1, Float: 1, Boolean: true, DateTime: "2030-01-01T00:00:00Z" }[scalar] ?? "text";
}

/** Methods beyond so many are one verdict: the route passes on whatever it gets. */
const ANY_METHOD = 4;

/** What is registered for others to be refused, what takes GraphQL, and the second spelling of an address with a slash. */
function isNoOperation(url: string, config: unknown): boolean {
  const isRefusal = (config as { isRefusal?: boolean } | undefined)?.isRefusal === true;
  return isRefusal || url.startsWith("/graphql") || (url.length > 1 && url.endsWith("/"));
}

/** Every HTTP route of the apps that are made while `work` runs, as `METHOD /path/{parameter}`, and what `work` gives. */
export async function watchRoutes<Result>(work: () => Promise<Result>): Promise<{ routes: readonly string[]; result: Result }> {
  const found = new Set<string>();
  const watch = (message: unknown) => {
    (message as { fastify: FastifyInstance }).fastify.addHook("onRoute", ({ method, url, config }) => {
      if (isNoOperation(url, config)) return;
      const address = url.replace("/*", "/{path}").replaceAll(/:(\w+)/g, "{$1}");
      const methods = [method].flat();
      if (methods.length > ANY_METHOD) found.add(`ANY ${address}`);
      else for (const each of methods) if (each !== "HEAD") found.add(`${each} ${address}`);
    });
  };
  subscribe("fastify.initialization", watch);
  const result = await work().finally(() => unsubscribe("fastify.initialization", watch));
  return { routes: [...found].sort(), result };
}
