import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import type { GraphqlContext } from "../graphql/context.ts";
import type { AccountService, ConfirmOutcome, OwnSession } from "./account.service.ts";
import { ChangePasswordPayload, ConfirmPasswordPayload, EndSessionPayload, SessionType } from "./account.type.ts";
import { EndUserSessionsPayload } from "./user-administration.type.ts";

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

  @Query(() => SessionType, { nullable: true, description: "The session of the access token; null for a token of none." })
  currentSession(@Ctx() { viewer }: GraphqlContext): Promise<OwnSession | null> {
    return this.#account.findCurrentSession(viewer);
  }

  @Mutation(() => EndSessionPayload, { nullable: true, description: "Ends one of the viewer's sessions." })
  async endSession(@Ctx() { viewer }: GraphqlContext, @Arg("id", () => ID) id: string): Promise<EndSessionPayload> {
    return { endedId: await this.#account.endSession(viewer, id), userErrors: [] };
  }

  @Mutation(() => EndUserSessionsPayload, { nullable: true, description: "Ends the viewer's sessions but this one." })
  async endOtherSessions(@Ctx() { viewer }: GraphqlContext): Promise<EndUserSessionsPayload> {
    return { endedCount: await this.#account.endOtherSessions(viewer), userErrors: [] };
  }

  @Mutation(() => ConfirmPasswordPayload, {
    nullable: true,
    description:
      "Takes the viewer's password once more, and a code of who has a second factor, for what answers REAUTHENTICATION_REQUIRED; good until `confirmedUntil`.",
  })
  confirmPassword(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("password", () => String) password: string,
    @Arg("code", () => String, { nullable: true }) code?: string | null,
  ): Promise<ConfirmOutcome> {
    return this.#account.confirmPassword(viewer, { password, code });
  }

  @Mutation(() => ChangePasswordPayload, {
    nullable: true,
    description: "Changes the viewer's password and ends their other sessions; wants a code of who has a second factor.",
  })
  async changePassword(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("currentPassword", () => String) currentPassword: string,
    @Arg("newPassword", () => String) newPassword: string,
    @Arg("code", () => String, { nullable: true }) code?: string | null,
  ): Promise<ChangePasswordPayload> {
    return { userErrors: await this.#account.changePassword(viewer, { currentPassword, newPassword, code }) };
  }
}
