import { getIntrospectionQuery } from "graphql";
import { describe, expect, test } from "vitest";
import { startEdge } from "../support/edge.ts";
import { createEdgeSchema } from "../support/edge-schema.ts";

const THING: object = { id: "1", name: "a thing", things: [] };
const schema = createEdgeSchema({
  Query: { me: () => "ada", thing: () => THING },
  Mutation: { login: () => "in", revealCredential: () => "secret", touch: () => "touched" },
});

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(" ");
/** A query whose deepest field has so many fields above it and itself. */
const deep = (depth: number) => `{ ${"thing { ".repeat(depth - 1)}id${" }".repeat(depth - 1)} }`;
/** Two levels for every inline fragment with its field, and two for the field around them and the last one. */
const deepInline = (pairs: number) => `{ thing { ${"... on Thing { thing { ".repeat(pairs)}id${" } }".repeat(pairs)} } }`;

const refused = (message: string) => ({ errors: [expect.objectContaining({ message, extensions: { code: "BAD_USER_INPUT" } })] });

/** The largest that is taken and the smallest that is not, with what the caller is told. */
const CASES: readonly (readonly [string, string, string, string])[] = [
  ["depth", deep(8), deep(9), "At most 8 levels of fields and fragments in an operation."],
  ["depth through inline fragments", deepInline(3), deepInline(4), "At most 8 levels of fields and fragments in an operation."],
  [
    "depth through named fragments",
    "{ thing { ...A } } fragment A on Thing { thing { ...B } } fragment B on Thing { thing { thing { thing { id } } } }",
    "{ thing { ...A } } fragment A on Thing { thing { ...B } } fragment B on Thing { thing { thing { thing { thing { id } } } } }",
    "At most 8 levels of fields and fragments in an operation.",
  ],
  [
    "depth in fragments without a field between",
    `{ thing { ${"... { ".repeat(6)}id${" }".repeat(6)} } }`,
    `{ thing { ${"... { ".repeat(7)}id${" }".repeat(7)} } }`,
    "At most 8 levels of fields and fragments in an operation.",
  ],
  [
    "aliases",
    `{ ${times(30, (index) => `a${index}: me`)} }`,
    `{ ${times(31, (index) => `a${index}: me`)} }`,
    "At most 30 aliases in a document.",
  ],
  [
    "aliases of __typename",
    `{ ${times(30, (index) => `a${index}: __typename`)} }`,
    `{ ${times(31, (index) => `a${index}: __typename`)} }`,
    "At most 30 aliases in a document.",
  ],
  ["one field repeated", `{ ${"me ".repeat(50)} }`, `{ ${"me ".repeat(51)} }`, "At most 50 repeated fields in a document."],
  [
    "repeated fields",
    `{ ${"me thing { id id } ".repeat(17)} }`,
    `{ ${"me thing { id id } ".repeat(18)} }`,
    "At most 50 repeated fields in a document.",
  ],
  [
    "directives",
    `{ ${"me @skip(if: false) ".repeat(10)} }`,
    `{ ${"me @skip(if: false) ".repeat(11)} }`,
    "At most 10 directives in a document.",
  ],
  [
    "fragments",
    `{ thing { ${times(10, (index) => `...F${index}`)} } } ${times(10, (index) => `fragment F${index} on Thing { id }`)}`,
    `{ thing { ${times(11, (index) => `...F${index}`)} } } ${times(11, (index) => `fragment F${index} on Thing { id }`)}`,
    "At most 10 fragments in a document.",
  ],
  [
    "variables",
    `query (${times(20, (index) => `$v${index}: Int`)}) { ${times(20, (index) => `a${index}: count(of: $v${index})`)} }`,
    `query (${times(21, (index) => `$v${index}: Int`)}) { ${times(21, (index) => `a${index}: count(of: $v${index})`)} }`,
    "At most 20 variables in an operation.",
  ],
  [
    "operations",
    `query A { me } ${times(4, (index) => `query Q${index} { me }`)}`,
    `query A { me } ${times(5, (index) => `query Q${index} { me }`)}`,
    "At most 5 operations in a document.",
  ],
  ["logins", "mutation { login }", "mutation { a: login b: login }", "login may stand only once in a document."],
  [
    "reveals, hidden in a fragment",
    "mutation { revealCredential touch }",
    "mutation { a: revealCredential ...F } fragment F on Mutation { b: revealCredential }",
    "revealCredential may stand only once in a document.",
  ],
];

describe("the size of a document", () => {
  test.each(CASES)(
    "%s is limited, and the refusal is one short error with status 400",
    async (_name, largest, tooLarge, message) => {
      const edge = await startEdge(schema);
      const operationName = largest.startsWith("query A") ? "A" : undefined;
      expect(await edge.post({ query: largest, operationName })).toMatchObject({ status: 200, body: { data: {} } });
      const answer = await edge.post({ query: tooLarge, operationName });
      expect({ status: answer.status, body: answer.body }).toEqual({ status: 400, body: refused(message) });
    },
  );

  test("a document of more than a thousand tokens is not even parsed", async () => {
    const edge = await startEdge(schema);
    const answer = await edge.post({ query: `{ ${"me ".repeat(1_001)} }` });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ message: expect.stringContaining("tokens") }] } });
  });

  test("an object among the variables with more members than any input type could have is refused without a look at each", async () => {
    const edge = await startEdge(schema);
    const members = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`x${index}`, 1]));
    const query = "query ($of: Int) { count(of: $of) }";
    const narrow = await edge.post({ query, variables: { of: members(64) } });
    expect(narrow.body).toMatchObject({ errors: [{ message: expect.stringContaining("$of") }] });
    const wide = await edge.post({ query, variables: { of: members(65) } });
    expect(wide).toMatchObject({ status: 400, body: refused("At most 64 members in an object of the variables.") });
  });

  test("fragments that multiply each other are counted written out", async () => {
    const edge = await startEdge(schema);
    const fragments = times(9, (index) => `fragment F${index} on Thing { ${"...F".concat(String(index + 1), " ").repeat(2)} }`);
    const answer = await edge.post({ query: `{ thing { ...F0 } } ${fragments} fragment F9 on Thing { id }` });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ extensions: { code: "BAD_USER_INPUT" } }] } });
  });

  test("a tool's introspection query is within the limits", async () => {
    const edge = await startEdge(schema);
    const answer = await edge.post({ query: getIntrospectionQuery({ inputValueDeprecation: true, schemaDescription: true }) });
    expect(answer).toMatchObject({ status: 200, body: { data: { __schema: {} } } });
  });

  test("a body of more than 256 KB is refused before it is read to its end", async () => {
    const edge = await startEdge(schema);
    const answer = await edge.post({ query: `{ me } # ${"x".repeat(256 * 1024)}` });
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: 413,
      body: { errors: [{ message: "The request body is too large.", extensions: { code: "BAD_USER_INPUT" } }] },
    });
  });
});
