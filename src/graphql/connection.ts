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

export type Connection<Row> = {
  readonly edges: readonly { readonly node: Row; readonly cursor: string }[];
  readonly nodes: readonly Row[];
  readonly pageInfo: PageInfo;
  readonly totalCount: () => Promise<number>;
};

/** A page as a Relay connection; `keyOf` gives what the repository pages by. */
export function toConnection<Row>(page: Page<Row>, keyOf: (row: Row) => string): Connection<Row> {
  const edges = page.rows.map((node) => ({ node, cursor: encodeCursor(keyOf(node)) }));
  return {
    edges,
    nodes: page.rows,
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: page.hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
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

    // Plain connections carry a function here, which the default resolver calls: the count is made only when asked for.
    @Field(() => Int)
    totalCount!: number;
  }
  return ConnectionType;
}
