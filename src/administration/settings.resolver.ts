import { Ctx, Query, Resolver } from "type-graphql";
import type { GraphqlContext } from "../graphql/context.ts";
import type { SettingsService, SettingsView } from "./settings.service.ts";
import { SettingsType } from "./settings.type.ts";

@Resolver()
export class SettingsResolver {
  readonly #settings: SettingsService;

  constructor(settings: SettingsService) {
    this.#settings = settings;
  }

  @Query(() => SettingsType, { description: "What the operator has set in the environment, for administrators." })
  settings(@Ctx() { viewer }: GraphqlContext): SettingsView {
    return this.#settings.read(viewer);
  }
}
