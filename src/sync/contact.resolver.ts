import { Args, Ctx, Query, Resolver } from "type-graphql";
import type { ContactModel } from "../database/generated/sqlite/models.ts";
import { type Connection, toConnection } from "../graphql/connection.ts";
import type { GraphqlContext } from "../graphql/context.ts";
import { ContactConnection } from "./contact.type.ts";
import { placeKeyOf } from "./row-order.ts";
import { UpstreamRowsArguments } from "./upstream-row.input.ts";
import { orderOf, type UpstreamRowService } from "./upstream-row.service.ts";

@Resolver()
export class ContactResolver {
  constructor(private readonly service: UpstreamRowService<ContactModel>) {}

  @Query(() => ContactConnection, {
    description:
      "What the last sync brought, archived ones too, in the order of upstream ids unless another is asked for; empty without a credential.",
  })
  async contacts(
    @Ctx() { viewer }: GraphqlContext,
    @Args(() => UpstreamRowsArguments) request: UpstreamRowsArguments,
  ): Promise<Connection<ContactModel>> {
    return toConnection(await this.service.findPage(viewer, request), (contact) => placeKeyOf(contact, orderOf(request)));
  }
}
