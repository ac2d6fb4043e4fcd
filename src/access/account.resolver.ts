import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import type { GraphqlContext } from "../graphql/context.ts";
import type { AccountService, OwnSession } from "./account.service.ts";
import { ChangePasswordPayload, EndSessionPayload, SessionType } from "./account.type.ts";

@Resolver()
export class AccountResolver {
  readonly #account: AccountService;

  constructor(account: AccountService) {
    this.#account = account;
  }

  @Query(() => [SessionType], { description: "Where the viewer is signed in, newest first." })
  sessions(@Ctx() { viewer }: GraphqlContext): Promise<readonly OwnSession[]> {
    return this.#account.findSessions(viewer);
  }

  @Mutation(() => EndSessionPayload, { nullable: true, description: "Ends one of the viewer's sessions." })
  async endSession(@Ctx() { viewer }: GraphqlContext, @Arg("id", () => ID) id: string): Promise<EndSessionPayload> {
    return { endedId: await this.#account.endSession(viewer, id), userErrors: [] };
  }

  @Mutation(() => ChangePasswordPayload, {
    nullable: true,
    description: "Changes the viewer's password and ends their other sessions.",
  })
  async changePassword(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("currentPassword", () => String) currentPassword: string,
    @Arg("newPassword", () => String) newPassword: string,
  ): Promise<ChangePasswordPayload> {
    return { userErrors: await this.#account.changePassword(viewer, { currentPassword, newPassword }) };
  }
}
