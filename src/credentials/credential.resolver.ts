import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import type { CredentialModel } from "../database/generated/sqlite/models.ts";
import { type Connection, PageArguments, toConnection } from "../graphql/connection.ts";
import type { GraphqlContext } from "../graphql/context.ts";
import { DeleteCredentialInput, RevealCredentialInput } from "./credential.input.ts";
import type { CredentialService } from "./credential.service.ts";
import {
  CredentialConnection,
  type CredentialStatus,
  CredentialStatusEnum,
  CredentialType,
  DeleteCredentialPayload,
  RevealCredentialPayload,
  requireStoredStatus,
} from "./credential.type.ts";

@Resolver()
export class CredentialResolver {
  constructor(private readonly service: CredentialService) {}

  @Query(() => CredentialType, { nullable: true })
  credential(@Ctx() { viewer }: GraphqlContext, @Arg("id", () => ID) id: string): Promise<CredentialModel | null> {
    return this.service.findById(viewer, id);
  }

  @Query(() => CredentialConnection, {
    description: "The viewer's own, oldest first; to an administrator the system defaults too.",
  })
  async credentials(
    @Ctx() { viewer }: GraphqlContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg("connector", () => ID, { nullable: true }) connector?: string | null,
    @Arg("project", () => String, { nullable: true }) project?: string | null,
    @Arg("statuses", () => [CredentialStatusEnum], { nullable: true, description: "Those in one of these; not UNREADABLE." })
    statuses?: CredentialStatus[] | null,
  ): Promise<Connection<CredentialModel>> {
    const filter = {
      connectorId: connector ?? undefined,
      project: project ?? undefined,
      // Each once: a statement is kept for every number of them.
      statuses: statuses == null ? undefined : [...new Set(statuses.map(requireStoredStatus))],
    };
    return toConnection(await this.service.findPage(viewer, filter, page), (credential) => credential.id);
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
