import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { GraphqlContext } from "../graphql/context.ts";
import { CallUpstreamInput } from "./upstream-call.input.ts";
import type { UpstreamCallService } from "./upstream-call.service.ts";
import { CallUpstreamPayload } from "./upstream-call.type.ts";

@Resolver()
export class UpstreamCallResolver {
  constructor(private readonly service: UpstreamCallService) {}

  @Mutation(() => CallUpstreamPayload, { nullable: true })
  callUpstream(@Ctx() { viewer, signal }: GraphqlContext, @Arg("input", () => CallUpstreamInput) input: CallUpstreamInput) {
    return this.service.call(viewer, input, signal);
  }
}
