import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import type { GraphqlContext } from "./context.ts";
import { Node } from "./node.ts";
import type { NodeFinder } from "./node-finder.ts";

@Resolver()
export class NodeResolver {
  constructor(private readonly finder: NodeFinder) {}

  @Query(() => Node, { nullable: true, description: "Any record by its id; null when the viewer has none such." })
  node(@Ctx() { viewer }: GraphqlContext, @Arg("id", () => ID) id: string): Promise<object | null> {
    return this.finder.find(viewer, id);
  }

  @Query(() => [Node], {
    description: "Records by up to 100 ids, in the order asked for; those that the viewer has none of are left out.",
  })
  nodes(@Ctx() { viewer }: GraphqlContext, @Arg("ids", () => [ID]) ids: string[]): Promise<readonly object[]> {
    return this.finder.findMany(viewer, ids);
  }
}
