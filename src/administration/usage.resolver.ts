import { Arg, Ctx, Int, Query, Resolver } from "type-graphql";
import type { GraphqlContext } from "../graphql/context.ts";
import type { Usage, UsageService } from "./usage.service.ts";
import { UsageType } from "./usage.type.ts";

@Resolver()
export class UsageResolver {
  readonly #usage: UsageService;

  constructor(usage: UsageService) {
    this.#usage = usage;
  }

  @Query(() => UsageType, { description: "Where access tokens came from and how long upstreams took, for administrators." })
  usage(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("minutes", () => Int, { defaultValue: 180, description: "How far back, at most a day." }) minutes: number,
  ): Usage {
    return this.#usage.read(viewer, minutes);
  }
}
