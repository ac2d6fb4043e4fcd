import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { GraphqlContext } from "../graphql/context.ts";
import { MoveCredentialInput } from "./credential.input.ts";
import { MoveCredentialPayload } from "./credential.type.ts";
import type { CredentialMovingService } from "./credential-moving.service.ts";

@Resolver()
export class CredentialMovingResolver {
  constructor(private readonly service: CredentialMovingService) {}

  @Mutation(() => MoveCredentialPayload, {
    nullable: true,
    description:
      "Gives a credential another project or label; its id, versions, tests and synced rows stay. For another project the password must have been given lately in a browser.",
  })
  async moveCredential(@Ctx() { viewer }: GraphqlContext, @Arg("input", () => MoveCredentialInput) input: MoveCredentialInput) {
    return { credential: await this.service.move(viewer, input), userErrors: [] };
  }
}
