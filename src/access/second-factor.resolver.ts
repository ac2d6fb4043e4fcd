import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import type { GraphqlContext } from "../graphql/context.ts";
import type { RecoveryCodesOutcome, SecondFactorService, SecondFactorState, StartOutcome } from "./second-factor.service.ts";
import {
  DisableSecondFactorPayload,
  RecoveryCodesPayload,
  SecondFactorType,
  StartSecondFactorPayload,
} from "./second-factor.type.ts";

@Resolver()
export class SecondFactorResolver {
  readonly #secondFactors: SecondFactorService;

  constructor(secondFactors: SecondFactorService) {
    this.#secondFactors = secondFactors;
  }

  @Query(() => SecondFactorType, { description: "How the viewer's second factor stands." })
  secondFactor(@Ctx() { viewer }: GraphqlContext): Promise<SecondFactorState> {
    return this.#secondFactors.findState(viewer);
  }

  @Mutation(() => StartSecondFactorPayload, {
    nullable: true,
    description: "Makes a secret for the viewer's authenticator app; it counts once `enableSecondFactor` has had a code of it.",
  })
  startSecondFactor(@Ctx() { viewer }: GraphqlContext): Promise<StartOutcome> {
    return this.#secondFactors.start(viewer);
  }

  @Mutation(() => RecoveryCodesPayload, {
    nullable: true,
    description: "From here on a sign-in takes a code beside the password. Ends the viewer's other sessions.",
  })
  enableSecondFactor(@Ctx() { viewer }: GraphqlContext, @Arg("code", () => String) code: string): Promise<RecoveryCodesOutcome> {
    return this.#secondFactors.enable(viewer, code);
  }

  @Mutation(() => DisableSecondFactorPayload, {
    nullable: true,
    description: "From here on a password is enough again. Ends the viewer's other sessions.",
  })
  async disableSecondFactor(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("password", () => String) password: string,
    @Arg("code", () => String) code: string,
  ): Promise<DisableSecondFactorPayload> {
    return { userErrors: await this.#secondFactors.disable(viewer, { password, code }) };
  }

  @Mutation(() => RecoveryCodesPayload, { nullable: true, description: "Other recovery codes in place of those that are left." })
  renewRecoveryCodes(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("password", () => String) password: string,
    @Arg("code", () => String) code: string,
  ): Promise<RecoveryCodesOutcome> {
    return this.#secondFactors.renewRecoveryCodes(viewer, { password, code });
  }
}
