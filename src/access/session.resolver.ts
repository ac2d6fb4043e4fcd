import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { GraphqlContext } from "../graphql/context.ts";
import { LoginInput, RegisterInput } from "./session.input.ts";
import type { SessionOutcome, SessionService } from "./session.service.ts";
import { SessionPayload } from "./session.type.ts";

@Resolver()
export class SessionResolver {
  readonly #sessions: SessionService;

  constructor(sessions: SessionService) {
    this.#sessions = sessions;
  }

  @Mutation(() => SessionPayload, { nullable: true, description: "Creates an account and signs it in." })
  async register(
    @Ctx() { viewer, cookie }: GraphqlContext,
    @Arg("input", () => RegisterInput) input: RegisterInput,
  ): Promise<SessionPayload> {
    return deliver(await this.#sessions.register(viewer, input, cookie), cookie);
  }

  @Mutation(() => SessionPayload, { nullable: true })
  async login(
    @Ctx() { viewer, cookie }: GraphqlContext,
    @Arg("input", () => LoginInput) input: LoginInput,
  ): Promise<SessionPayload> {
    return deliver(await this.#sessions.login(viewer, input, cookie), cookie);
  }

  @Mutation(() => SessionPayload, {
    nullable: true,
    description:
      "Rotates the refresh token, the cookie's when the header `x-postern-session: cookie` came; a token used twice ends the whole session family.",
  })
  async refreshSession(
    @Ctx() { viewer, cookie }: GraphqlContext,
    @Arg("refreshToken", () => String, { nullable: true }) refreshToken?: string | null,
  ): Promise<SessionPayload> {
    const outcome = await this.#sessions.refresh(viewer, refreshToken, cookie);
    if (!("accessToken" in outcome)) cookie?.clear();
    return deliver(outcome, cookie);
  }

  @Mutation(() => Boolean, { description: "Ends the session of the access token, on every node within seconds." })
  async logout(@Ctx() { viewer, cookie }: GraphqlContext): Promise<boolean> {
    const isEnded = await this.#sessions.logout(viewer, cookie);
    cookie?.clearSite();
    return isEnded;
  }
}

/** Puts the refresh token where the client wants it: into the browser's cookie, and then not into the answer, or into that. */
function deliver(outcome: SessionOutcome, cookie: GraphqlContext["cookie"]): SessionPayload {
  if (cookie === undefined || !("accessToken" in outcome)) return outcome;
  cookie.keep(outcome.refreshToken, outcome.sessionExpiresAt);
  return { ...outcome, refreshToken: undefined };
}
