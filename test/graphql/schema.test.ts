import { readFileSync } from "node:fs";
import {
  buildSchema,
  findBreakingChanges,
  type GraphQLSchema,
  isInputObjectType,
  isObjectType,
  lexicographicSortSchema,
} from "graphql";
import { describe, expect, it } from "vitest";
import { ERROR_CODES } from "../../src/errors.ts";
import { gatewaySchema, printGatewaySchema } from "../../src/graphql/schema.ts";

const read = (file: string) => buildSchema(readFileSync(file, "utf8"));

/** What a client that was written against `promised` would trip over in `ours`; an argument's default counts as well. */
function findBrokenPromises(promised: GraphQLSchema, ours: GraphQLSchema): string[] {
  const broken = findBreakingChanges(promised, ours).map((change) => change.description);
  for (const type of Object.values(promised.getTypeMap())) {
    const own = ours.getType(type.name);
    if (isInputObjectType(type) && isInputObjectType(own)) {
      for (const field of Object.values(type.getFields())) {
        const ownDefault = own.getFields()[field.name]?.defaultValue;
        if (ownDefault !== field.defaultValue) broken.push(`${type.name}.${field.name} defaults to ${String(ownDefault)}`);
      }
    }
    if (isObjectType(type) && isObjectType(own)) {
      const missing = type.getInterfaces().filter(({ name }) => !own.getInterfaces().some((other) => other.name === name));
      broken.push(...missing.map(({ name }) => `${type.name} does not implement ${name}`));
    }
  }
  return broken;
}

describe("the schema", () => {
  it("keeps every promise of the contract", () => {
    expect(findBrokenPromises(read("test/contract/schema.graphql"), gatewaySchema())).toEqual([]);
  });

  it("would be told of a removed field, a stricter argument, a lost interface and another default", () => {
    const promised = buildSchema(
      `interface Node { id: ID! } type A implements Node { id: ID! b(c: Int): Int } input I { d: String = "x" } type Query { a(i: I): A }`,
    );
    const worse = buildSchema(
      `interface Node { id: ID! } type A { id: ID! b(c: Int!): Int } input I { d: String } type Query { a(i: I): A }`,
    );
    expect(findBrokenPromises(promised, worse)).toHaveLength(4);
  });

  it("is on disk as the code says it, sorted", () => {
    expect(readFileSync("schema.graphql", "utf8")).toEqual(printGatewaySchema(gatewaySchema()));
    const schema = read("schema.graphql");
    expect(printGatewaySchema(lexicographicSortSchema(schema))).toEqual(readFileSync("schema.graphql", "utf8"));
  });

  it("lists the error codes as the code has them", () => {
    const type = gatewaySchema().getType("ErrorCode");
    const values = type && "getValues" in type ? type.getValues().map(({ name }) => name) : [];
    expect(values.sort()).toEqual(Object.keys(ERROR_CODES).sort());
  });

  it("takes no owner, tenant or role from a caller", () => {
    const inputs = Object.values(gatewaySchema().getTypeMap()).filter(isInputObjectType);
    const fields = inputs.flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));
    expect(fields.filter((field) => /\.(ownerId|owner|tenant|tenantId|userId|passwordHash)$/.test(field))).toEqual([]);
  });
});
