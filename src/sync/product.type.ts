import { GraphQLDateTime } from "graphql-scalars";
import { Field, Int, ObjectType } from "type-graphql";
import { createConnectionType } from "../graphql/connection.ts";
import { Node } from "../graphql/node.ts";

@ObjectType("Product", {
  implements: Node,
  simpleResolvers: true,
  description: "A product as the upstream had it at the last sync.",
})
export class ProductType extends Node {
  @Field(() => Int, { description: "Its id at the upstream." })
  upstreamId!: number;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true, description: "Stock-keeping unit: the upstream's own reference." })
  sku!: string | null;

  @Field(() => String, { nullable: true, description: "Decimal text in the upstream's currency." })
  price!: string | null;

  @Field(() => Boolean, { description: "False when it is archived at the upstream." })
  isActive!: boolean;

  @Field(() => GraphQLDateTime, { description: "Its last change by the upstream's clock." })
  upstreamUpdatedAt!: Date;

  @Field(() => GraphQLDateTime, { description: "When that change was stored here." })
  syncedAt!: Date;
}

export const ProductConnection = createConnectionType("Product", () => ProductType);
