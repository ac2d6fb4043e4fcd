import { Arg, Args, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { type Connection, PageArguments, toConnection } from "../graphql/connection.ts";
import type { GraphqlContext } from "../graphql/context.ts";
import { CreateServiceTokenInput, RevokeServiceTokenInput } from "./service-token.input.ts";
import type { CreateTokenOutcome, ServiceTokenService, ServiceTokenView } from "./service-token.service.ts";
import { CreateServiceTokenPayload, RevokeServiceTokenPayload, ServiceTokenConnection } from "./service-token.type.ts";

@Resolver()
export class ServiceTokenResolver {
  readonly #tokens: ServiceTokenService;

  constructor(tokens: ServiceTokenService) {
    this.#tokens = tokens;
  }

  @Query(() => ServiceTokenConnection, { description: "All tokens of machines, those that have ended too, for administrators." })
  async serviceTokens(
    @Ctx() { viewer }: GraphqlContext,
    @Args(() => PageArguments) page: PageArguments,
  ): Promise<Connection<ServiceTokenView>> {
    return toConnection(await this.#tokens.list(viewer, page), (token) => token.id);
  }

  @Mutation(() => CreateServiceTokenPayload, {
    nullable: true,
    description: "In a browser the password must have been given lately.",
  })
  createServiceToken(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("input", () => CreateServiceTokenInput) input: CreateServiceTokenInput,
  ): Promise<CreateTokenOutcome> {
    return this.#tokens.create(viewer, input);
  }

  @Mutation(() => RevokeServiceTokenPayload, { nullable: true, description: "Ends a token for good, everywhere within seconds." })
  async revokeServiceToken(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("input", () => RevokeServiceTokenInput) { id }: RevokeServiceTokenInput,
  ): Promise<RevokeServiceTokenPayload> {
    return { serviceToken: await this.#tokens.revoke(viewer, id), userErrors: [] };
  }
}
