import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { GraphqlContext } from "../graphql/context.ts";
import { toConnectionTest } from "./connection-test.type.ts";
import { RestoreCredentialVersionInput, SaveCredentialInput } from "./credential.input.ts";
import { SaveCredentialPayload } from "./credential.type.ts";
import type { CredentialSavingService, SaveResult } from "./credential-saving.service.ts";

@Resolver()
export class CredentialSavingResolver {
  constructor(private readonly service: CredentialSavingService) {}

  @Mutation(() => SaveCredentialPayload, { nullable: true })
  async saveCredential(@Ctx() { viewer }: GraphqlContext, @Arg("input", () => SaveCredentialInput) input: SaveCredentialInput) {
    return toPayload(await this.service.save(viewer, input));
  }

  @Mutation(() => SaveCredentialPayload, {
    nullable: true,
    description: "For administrators: the system default that users without a credential of their own fall back to.",
  })
  async saveSystemCredential(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("input", () => SaveCredentialInput) input: SaveCredentialInput,
  ) {
    return toPayload(await this.service.saveSystemDefault(viewer, input));
  }

  @Mutation(() => SaveCredentialPayload, {
    nullable: true,
    description: "A new version with the values of an older one. In a browser the password must have been given lately.",
  })
  async restoreCredentialVersion(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("input", () => RestoreCredentialVersionInput) input: RestoreCredentialVersionInput,
  ) {
    return toPayload(await this.service.restore(viewer, input));
  }
}

function toPayload({ connectionTest, ...saved }: SaveResult) {
  return { ...saved, connectionTest: toConnectionTest(connectionTest) };
}
