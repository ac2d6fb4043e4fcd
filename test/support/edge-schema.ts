import { buildSchema, type GraphQLFieldResolver, type GraphQLObjectType, type GraphQLSchema } from "graphql";
import type { GraphqlContext } from "../../src/graphql/context.ts";

type Resolve = GraphQLFieldResolver<unknown, GraphqlContext>;
type Resolvers = Readonly<Record<string, Readonly<Record<string, Resolve>>>>;

const SDL = `
  type Query { me: String fail(how: String): String wait: String thing: Thing count(of: Int): Int take(Int: Int, String: String, How: How): Int }
  enum How { LOUD }
  type Thing { id: ID! name: String thing: Thing things(first: Int): [Thing!] }
  type Mutation { login(password: String): String revealCredential: String syncContactsFromOdoo: String touch: String }
  type Subscription { ticks: Int never: Int forbidden: Int }
`;

/** A schema of our own for tests of the edge: fields by type and name, `subscribe` of subscriptions among them. */
export function createEdgeSchema(resolvers: Resolvers): GraphQLSchema {
  const schema = buildSchema(SDL);
  for (const [typeName, fields] of Object.entries(resolvers)) {
    const known = (schema.getType(typeName) as GraphQLObjectType).getFields();
    for (const [name, resolve] of Object.entries(fields)) {
      const field = known[name];
      if (field === undefined) throw new Error(`${typeName}.${name} is not in the schema.`);
      if (typeName === "Subscription") {
        field.subscribe = resolve;
        field.resolve = (value) => value;
      } else field.resolve = resolve;
    }
  }
  return schema;
}
