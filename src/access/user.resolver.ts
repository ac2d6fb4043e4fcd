import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import { type Connection, PageArguments, toConnection } from "../graphql/connection.ts";
import type { GraphqlContext } from "../graphql/context.ts";
import { CreateUserInput } from "./user.input.ts";
import type { UserRecord } from "./user.repository.ts";
import type { CreateUserOutcome, GatewayDescription, UserService } from "./user.service.ts";
import { CreateUserPayload, GatewayType, UserConnection, UserType } from "./user.type.ts";

@Resolver(() => UserType)
export class UserResolver {
  readonly #users: UserService;

  constructor(users: UserService) {
    this.#users = users;
  }

  @Query(() => UserType, { nullable: true, description: "The caller; null without a valid access token." })
  me(@Ctx() { viewer }: GraphqlContext): Promise<UserRecord | null> {
    return this.#users.findMe(viewer);
  }

  @Query(() => GatewayType, { description: "What a sign-in page must know." })
  gateway(@Ctx() { viewer }: GraphqlContext): GatewayDescription {
    return this.#users.describeGateway(viewer);
  }

  @Mutation(() => CreateUserPayload, {
    nullable: true,
    description:
      "Creates an account for somebody else, whether or not people may register. For administrators; in a browser an administrator's account wants the password given lately.",
  })
  createUser(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("input", () => CreateUserInput) input: CreateUserInput,
  ): Promise<CreateUserOutcome> {
    return this.#users.create(viewer, input);
  }

  @FieldResolver(() => [String], { description: "What the user may do, such as `user:write`." })
  permissions(@Ctx() { viewer }: GraphqlContext, @Root() user: UserRecord): readonly string[] {
    return this.#users.permissionsOf(viewer, user);
  }

  @Query(() => UserConnection, { description: "All users, for administrators; `search` is a part of the user name." })
  async users(
    @Ctx() { viewer }: GraphqlContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg("search", () => String, { nullable: true }) search?: string | null,
  ): Promise<Connection<UserRecord>> {
    return toConnection(await this.#users.list(viewer, search, page), (user) => user.id);
  }
}
