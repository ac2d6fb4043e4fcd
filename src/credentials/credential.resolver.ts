import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import type { CredentialModel } from "../database/generated/sqlite/models.ts";
import type { GraphqlContext } from "../graphql/context.ts";
import { DeleteCredentialInput, RevealCredentialInput } from "./credential.input.ts";
import type { CredentialService } from "./credential.service.ts";
import { CredentialType, DeleteCredentialPayload, RevealCredentialPayload } from "./credential.type.ts";

@Resolver()
export class CredentialResolver {
  constructor(private readonly service: CredentialService) {}

  @Query(() => CredentialType, { nullable: true })
  credential(@Ctx() { viewer }: GraphqlContext, @Arg("id", () => ID) id: string): Promise<CredentialModel | null> {
    return this.service.findById(viewer, id);
  }

  @Mutation(() => DeleteCredentialPayload, { nullable: true })
  async deleteCredential(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("input", () => DeleteCredentialInput) input: DeleteCredentialInput,
  ) {
    return { deletedId: await this.service.delete(viewer, input.id), userErrors: [] };
  }

  @Mutation(() => RevealCredentialPayload, {
    nullable: true,
    description: "The secret in the clear, to its owner; every time is recorded.",
  })
  async revealCredential(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("input", () => RevealCredentialInput) input: RevealCredentialInput,
  ) {
    const { credential, fields } = await this.service.reveal(viewer, input.credential);
    return { credential, fields, userErrors: [] };
  }
}
