import { GraphQLSchema, lexicographicSortSchema, printSchema } from "graphql";
import { GraphQLDateTime } from "graphql-scalars";
import { buildSchemaSync, type NonEmptyArray } from "type-graphql";
import { type ResolverInstances, resolverOf } from "./context.ts";
import { ErrorCodeType } from "./error-code.ts";
import { NodeResolver } from "./node.resolver.ts";

export type ResolverClass = abstract new (...services: never[]) => object;

/** Every resolver of the API, the rooms' among them: the one list of them. */
export const RESOLVERS: readonly ResolverClass[] = [NodeResolver];

/** type-graphql wants one as soon as there is a subscription; each of ours brings its own `subscribe` instead. */
const NO_PUB_SUB = {
  publish: () => {},
  subscribe: () => {
    throw new Error("A subscription here brings its own `subscribe`.");
  },
};

/**
 * The schema over ready resolver instances. Without them it can be printed and validated against, and answers nothing.
 * @throws when instances are given, but not of every resolver.
 */
export function buildGatewaySchema(resolvers: readonly ResolverClass[], instances?: ResolverInstances): GraphQLSchema {
  const made: ResolverInstances = instances ?? new Map();
  if (instances !== undefined) for (const resolver of resolvers) resolverOf({ resolvers: made }, resolver);
  const schema = buildSchemaSync({
    resolvers: resolvers as unknown as NonEmptyArray<() => void>,
    container: { get: (resolver) => made.get(resolver) },
    scalarsMap: [{ type: Date, scalar: GraphQLDateTime }],
    validate: false,
    pubSub: NO_PUB_SUB,
  });
  const config = schema.toConfig();
  return new GraphQLSchema({ ...config, types: [...config.types, ErrorCodeType] });
}

/** The schema as `schema.graphql` holds it: sorted, so that a change shows as itself alone. */
export function printGatewaySchema(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
