import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { GraphqlContext } from "../graphql/context.ts";
import type { ConnectionTestService } from "./connection-test.service.ts";
import { TestCredentialPayload, toConnectionTest } from "./connection-test.type.ts";
import { TestCredentialInput } from "./credential.input.ts";

@Resolver()
export class ConnectionTestResolver {
  constructor(private readonly service: ConnectionTestService) {}

  @Mutation(() => TestCredentialPayload, { nullable: true })
  async testCredential(@Ctx() { viewer }: GraphqlContext, @Arg("input", () => TestCredentialInput) input: TestCredentialInput) {
    const { connectionTest, userErrors } = await this.service.test(viewer, input);
    return { connectionTest: toConnectionTest(connectionTest), userErrors };
  }
}
