import { readFileSync } from "node:fs";
import { getNamedType, isInputObjectType, isObjectType } from "graphql";
import { expect, it } from "vitest";
import { startGateway } from "../support/gateway.ts";
import { documentOf, OPERATIONS, type Operation, SCHEMA } from "./operations.ts";

/** Places whose name sounds like an owner, and why they are there all the same. */
const ALLOWED: Readonly<Record<string, string>> = {
  "CreateUserInput.role": "for administrators, of a user who is not there yet",
  "Mutation.changeUserRole(role)": "for administrators, of a user named by id",
};

const OWNER_LIKE = /^(owner|tenant|user|created_?by|actor|account)_?(id|key)$|^(owner|tenant|role|isAdmin|passwordHash)$/i;

it("no input names an owner, a tenant or a role, but for what is written down", () => {
  const inputs = Object.values(SCHEMA.getTypeMap()).filter(isInputObjectType);
  const fields = inputs.flatMap((type) => Object.keys(type.getFields()).map((field) => [`${type.name}.${field}`, field]));
  const mutations = OPERATIONS.filter(({ kind }) => kind === "mutation");
  const args = mutations.flatMap(({ name, field }) => field.args.map((arg) => [`${name}(${arg.name})`, arg.name]));
  const found = [...fields, ...args].filter(([, name = ""]) => OWNER_LIKE.test(name)).map(([place]) => place);
  expect(found).toEqual(Object.keys(ALLOWED));
});

/** Operations that answer with a page of a connection. */
const PAGED = OPERATIONS.filter(({ field }) => getNamedType(field.type).name.endsWith("Connection"));

/** Lists that come whole, and what bounds them. */
const WHOLE_LISTS: Readonly<Record<string, string>> = {
  "Query.auditChains": "the newest hundred",
  "Query.auditStatistics": "2,232 hours or days at most, times actions and outcomes",
  "Query.connectors": "as many as the program has",
  "Query.keys": "as many as the key ring has",
  "Query.nodes": "as many as there are ids, 100 at most",
  "Query.projects": "200 projects at most",
  "Query.sessions": "the newest hundred",
};

it("every list is a connection, or one of few that are bounded otherwise", () => {
  const isList = ({ field }: Operation) => /^\[/.test(String(field.type));
  expect(
    OPERATIONS.filter(isList)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(Object.keys(WHOLE_LISTS));
  const connections = Object.values(SCHEMA.getTypeMap()).filter((type) => isObjectType(type) && /Connection$/.test(type.name));
  expect(new Set(PAGED.map(({ field }) => getNamedType(field.type).name))).toEqual(new Set(connections.map(({ name }) => name)));
});

it("no connection gives a page of more than a hundred", async () => {
  const gateway = await startGateway();
  const admin = await gateway.signInAdministrator();
  const answers: unknown[] = [];
  for (const operation of PAGED) {
    for (const first of [101, 2_147_483_647, 0, -1]) {
      const { errors } = await gateway.query(documentOf(operation, { first }), { first }, admin);
      answers.push([operation.name, first, errors?.[0]?.extensions.code, errors?.[0]?.message]);
    }
  }
  const refusal = ["BAD_USER_INPUT", "first must be between 1 and 100."];
  expect(answers).toEqual(PAGED.flatMap(({ name }) => [101, 2_147_483_647, 0, -1].map((first) => [name, first, ...refusal])));
});

it("an object or a list in place of any text or id of any operation is refused before a service sees it", async () => {
  const gateway = await startGateway();
  const admin = await gateway.signInAdministrator();
  const taken: unknown[] = [];
  for (const operation of OPERATIONS.filter(({ kind }) => kind !== "subscription")) {
    for (const { name, type } of operation.field.args) {
      if (isInputObjectType(getNamedType(type))) continue;
      for (const value of [{ contains: "" }, { not: "x" }, [{ contains: "" }], { set: "x" }]) {
        const { data, errors } = await gateway.query(documentOf(operation, { [name]: value }), { [name]: value }, admin);
        if (data != null || errors?.[0]?.extensions.code !== "BAD_USER_INPUT") taken.push([operation.name, name, value, errors]);
      }
    }
  }
  expect(taken).toEqual([]);
});

it("the store's client is made with the check that refuses undefined", () => {
  expect(readFileSync("prisma/schema/_datasource.prisma", "utf8")).toMatch(/previewFeatures\s*=\s*\["strictUndefinedChecks"\]/);
});
