import { Arg, Ctx, ID, Mutation, Resolver } from "type-graphql";
import { Role } from "../database/generated/sqlite/enums.ts";
import type { GraphqlContext } from "../graphql/context.ts";
import { DeleteUserInput } from "./user-administration.input.ts";
import type { DeleteUserOutcome, ResetOutcome, UserAdministrationService, UserOutcome } from "./user-administration.service.ts";
import { DeleteUserPayload, EndUserSessionsPayload, ResetUserPasswordPayload, UserPayload } from "./user-administration.type.ts";

@Resolver()
export class UserAdministrationResolver {
  readonly #administration: UserAdministrationService;

  constructor(administration: UserAdministrationService) {
    this.#administration = administration;
  }

  @Mutation(() => UserPayload, {
    nullable: true,
    description: "False signs a user out everywhere and keeps them out; true lets them in again. For administrators.",
  })
  setUserActive(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("id", () => ID) id: string,
    @Arg("isActive", () => Boolean) isActive: boolean,
  ): Promise<UserOutcome> {
    return this.#administration.setActive(viewer, id, isActive);
  }

  @Mutation(() => UserPayload, {
    nullable: true,
    description: "For administrators, of whom the last one stays. In a browser the password must have been given lately.",
  })
  changeUserRole(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("id", () => ID) id: string,
    @Arg("role", () => Role) role: Role,
  ): Promise<UserOutcome> {
    return this.#administration.changeRole(viewer, id, role);
  }

  @Mutation(() => ResetUserPasswordPayload, {
    nullable: true,
    description:
      "Gives a user a new password, a random one unless one is given, and ends their sessions. For administrators. In a browser the password must have been given lately.",
  })
  resetUserPassword(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("id", () => ID) id: string,
    @Arg("password", () => String, { nullable: true }) password?: string | null,
  ): Promise<ResetOutcome> {
    return this.#administration.resetPassword(viewer, id, password);
  }

  @Mutation(() => UserPayload, {
    nullable: true,
    description:
      "Takes the second factor of a user who has lost it, with their recovery codes, and ends their sessions. For administrators, who confirm their password.",
  })
  resetUserSecondFactor(@Ctx() { viewer }: GraphqlContext, @Arg("id", () => ID) id: string): Promise<UserOutcome> {
    return this.#administration.resetSecondFactor(viewer, id);
  }

  @Mutation(() => DeleteUserPayload, {
    nullable: true,
    description:
      "Deletes a user with all that is theirs; the last administrator stays. For administrators, who confirm their password.",
  })
  deleteUser(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("input", () => DeleteUserInput) { id, username }: DeleteUserInput,
  ): Promise<DeleteUserOutcome> {
    return this.#administration.deleteUser(viewer, id, username);
  }

  @Mutation(() => EndUserSessionsPayload, { nullable: true, description: "Signs a user out everywhere. For administrators." })
  async endUserSessions(@Ctx() { viewer }: GraphqlContext, @Arg("id", () => ID) id: string): Promise<EndUserSessionsPayload> {
    return { endedCount: await this.#administration.endSessions(viewer, id), userErrors: [] };
  }
}
