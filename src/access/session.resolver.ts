import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { GraphqlContext } from "../graphql/context.ts";
import { LoginInput, RegisterInput } from "./session.input.ts";
import type { SessionService } from "./session.service.ts";
import { SessionPayload } from "./session.type.ts";

@Resolver()
export class SessionResolver {
  readonly #sessions: SessionService;

  constructor(sessions: SessionService) {
    this.#sessions = sessions;
  }

  @Mutation(() => SessionPayload, { nullable: true, description: "Creates an account and signs it in." })
  register(@Ctx() { viewer }: GraphqlContext, @Arg("input", () => RegisterInput) input: RegisterInput): Promise<SessionPayload> {
    return this.#sessions.register(viewer, input);
  }

  @Mutation(() => SessionPayload, { nullable: true })
  login(@Ctx() { viewer }: GraphqlContext, @Arg("input", () => LoginInput) input: LoginInput): Promise<SessionPayload> {
    return this.#sessions.login(viewer, input);
  }

  @Mutation(() => SessionPayload, {
    nullable: true,
    description: "Rotates the refresh token; a token used twice ends the whole session family.",
  })
  refreshSession(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("refreshToken", () => String, { nullable: true }) refreshToken?: string | null,
  ): Promise<SessionPayload> {
    return this.#sessions.refresh(viewer, refreshToken);
  }

  @Mutation(() => Boolean, { description: "Ends the session of the access token, on every node within seconds." })
  logout(@Ctx() { viewer }: GraphqlContext): Promise<boolean> {
    return this.#sessions.logout(viewer);
  }
}
