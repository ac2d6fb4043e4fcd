import { buildSchema, getOperationAST, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { requireAffordable } from "../../src/graphql/limits/cost.ts";

const schema = buildSchema(`
  type Query { some(ids: [ID!]!): [Thing!]! things(first: Int, search: String): ThingConnection all: [Thing!]! thing: Thing }
  type ThingConnection { nodes: [Thing!]! edges: [ThingEdge!]! pageInfo: Part totalCount: Int }
  type ThingEdge { node: Thing! }
  type Thing { id: ID! parent: Thing parts: [Part!]! }
  type Part { id: ID! }
`);

/** What an operation costs: what it is refused with when nothing may cost anything. */
function costOf(text: string, variables: Record<string, unknown> = {}): number {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (operation == null) throw new Error("no operation");
  try {
    requireAffordable(schema, document, operation, variables, 0);
    return 0;
  } catch (error) {
    return Number(/costs (\d+);/.exec((error as Error).message)?.[1]);
  }
}

describe("the cost of an operation", () => {
  it.each([
    ["scalars are part of their object", "{ thing { id } }", 1],
    ["a page counts as its size", "{ things(first: 50) { nodes { id } } }", 51],
    ["the count of a whole list counts fifty", "{ things(first: 1) { totalCount } }", 51],
    ["every count of a list is one", "{ a: things { x: totalCount y: totalCount } b: things { totalCount } }", 152],
    ["a page without a size is one of 20", "{ things { nodes { id } } }", 21],
    ["edges and their nodes both count", "{ things(first: 10) { edges { node { id } } } }", 21],
    ["what stands below a page counts for each of it", "{ things(first: 10) { nodes { parent { id } parts { id } } } }", 41],
    ["a list without pages is two", "{ all { id } }", 2],
    ["every alias counts", "{ a: thing { id } b: thing { id } }", 2],
    [
      "a fragment counts wherever it is spread",
      "{ a: thing { ...F } b: thing { ...F } } fragment F on Thing { parent { id } }",
      4,
    ],
    ["an inline fragment hides nothing", "{ ... on Query { things(first: 7) { ... { nodes { id } } } } }", 8],
    [
      "a page in a fragment takes the size around it",
      "{ things(first: 7) { ...F } } fragment F on ThingConnection { nodes { id } }",
      8,
    ],
  ])("%s", (_name, text, cost) => {
    expect(costOf(text)).toBe(cost);
  });

  it("takes a page's size from the variable, its default, or 20", () => {
    const text = "query ($n: Int) { things(first: $n) { nodes { id } } }";
    expect([costOf(text, { n: 3 }), costOf(text.replace("Int", "Int = 5")), costOf(text)]).toEqual([4, 6, 21]);
  });

  it("takes what is asked for by ids as often as there are ids, each for several of a page", () => {
    const text = "query ($ids: [ID!]!) { a: some(ids: $ids) { parent { id } } b: some(ids: $ids) { id } }";
    expect([costOf(text, { ids: Array(100).fill("x") }), costOf(text, { ids: "x" })]).toEqual([900, 9]);
    expect(costOf('{ some(ids: ["a", "b", "c"]) { id } }')).toBe(12);
  });

  it("takes a search for a hundred, and none for none", () => {
    const text = "query ($s: String) { things(first: 1, search: $s) { pageInfo { id } } }";
    expect([costOf(text, { s: "x" }), costOf(text, { s: null }), costOf('{ things(search: "x") { pageInfo { id } } }')]).toEqual([
      101, 2, 101,
    ]);
  });

  it("of fragments that multiply is found at once, however much it is", () => {
    const fragments = Array.from(
      { length: 60 },
      (_, i) => `fragment F${i} on Thing { a: parent { ...F${i + 1} } b: parent { ...F${i + 1} } }`,
    );
    const begun = performance.now();
    expect(costOf(`{ thing { ...F0 } } ${fragments.join(" ")} fragment F60 on Thing { id }`)).toBe(1_000_000_000);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});
