import { Ctx, Query, Resolver } from "type-graphql";
import type { Connector } from "../connectors/connector.ts";
import type { GraphqlContext } from "../graphql/context.ts";
import { ConnectorType } from "./connector.type.ts";
import type { CredentialService } from "./credential.service.ts";

@Resolver()
export class ConnectorResolver {
  constructor(private readonly service: CredentialService) {}

  @Query(() => [ConnectorType], { description: "The kinds of upstream system that Postern knows." })
  connectors(@Ctx() { viewer }: GraphqlContext): readonly Connector[] {
    return this.service.listConnectors(viewer);
  }
}
