import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { GraphqlContext } from "../graphql/context.ts";
import { IssueAccessTokenInput } from "./access-token.input.ts";
import type { AccessTokenService, IssueResult } from "./access-token.service.ts";
import { IssueAccessTokenPayload } from "./access-token.type.ts";

@Resolver()
export class AccessTokenResolver {
  constructor(private readonly service: AccessTokenService) {}

  @Mutation(() => IssueAccessTokenPayload, {
    nullable: true,
    description: "An access token of the upstream; every time is recorded.",
  })
  issueAccessToken(
    @Ctx() { viewer, signal }: GraphqlContext,
    @Arg("input", () => IssueAccessTokenInput) input: IssueAccessTokenInput,
  ): Promise<IssueResult> {
    return this.service.issue(viewer, input, signal);
  }
}
