import { Args, Ctx, Query, Resolver } from "type-graphql";
import type { ProductModel } from "../database/generated/sqlite/models.ts";
import { type Connection, toConnection } from "../graphql/connection.ts";
import type { GraphqlContext } from "../graphql/context.ts";
import { ProductConnection } from "./product.type.ts";
import { placeKeyOf } from "./row-order.ts";
import { UpstreamRowsArguments } from "./upstream-row.input.ts";
import { orderOf, type UpstreamRowService } from "./upstream-row.service.ts";

@Resolver()
export class ProductResolver {
  constructor(private readonly service: UpstreamRowService<ProductModel>) {}

  @Query(() => ProductConnection, {
    description:
      "What the last sync brought, archived ones too, in the order of upstream ids unless another is asked for; empty without a credential.",
  })
  async products(
    @Ctx() { viewer }: GraphqlContext,
    @Args(() => UpstreamRowsArguments) request: UpstreamRowsArguments,
  ): Promise<Connection<ProductModel>> {
    return toConnection(await this.service.findPage(viewer, request), (product) => placeKeyOf(product, orderOf(request)));
  }
}
