import { ArgsType, type ClassType, Field, Int, ObjectType } from "type-graphql";
import { encodeCursor, type Page, type PageRequest } from "../database/page.ts";

@ObjectType({ simpleResolvers: true, description: "Where a page stands in its list." })
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true })
  startCursor!: string | null;

  @Field(() => String, { nullable: true })
  endCursor!: string | null;
}

@ArgsType()
export class PageArguments implements PageRequest {
  @Field(() => Int, { nullable: true, description: "How many, 1 to 100; 20 when left out." })
  first?: number | null;

  @Field(() => String, { nullable: true, description: "The cursor to go on after." })
  after?: string | null;
}

/** What only some ask for is a function, which the default resolver calls. */
export type Connection<Row> = {
  readonly edges: () => readonly { readonly node: Row; readonly cursor: string }[];
  readonly nodes: readonly Row[];
  readonly pageInfo: PageInfo;
  readonly totalCount: () => Promise<number>;
};

/** A page as a Relay connection; `keyOf` gives what the repository pages by. */
export function toConnection<Row>(page: Page<Row>, keyOf: (row: Row) => string): Connection<Row> {
  const cursorOf = (row: Row | undefined) => (row === undefined ? null : encodeCursor(keyOf(row)));
  return {
    edges: () => page.rows.map((node) => ({ node, cursor: encodeCursor(keyOf(node)) })),
    nodes: page.rows,
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: page.hasPreviousPage,
      startCursor: cursorOf(page.rows[0]),
      endCursor: cursorOf(page.rows.at(-1)),
    },
    totalCount: page.countAll,
  };
}

/** The GraphQL type `NameConnection` with its `NameEdge`, for a node type. */
export function createConnectionType<Node extends object>(name: string, nodeType: () => ClassType<Node>) {
  @ObjectType(`${name}Edge`, { simpleResolvers: true })
  class Edge {
    @Field(nodeType)
    node!: Node;

    @Field(() => String)
    cursor!: string;
  }

  @ObjectType(`${name}Connection`, { simpleResolvers: true })
  class ConnectionType {
    @Field(() => [Edge])
    edges!: Edge[];

    @Field(() => [nodeType()])
    nodes!: Node[];

    @Field(() => PageInfo)
    pageInfo!: PageInfo;

    @Field(() => Int)
    totalCount!: number;
  }
  return ConnectionType;
}
