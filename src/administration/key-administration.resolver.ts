import { Ctx, Mutation, Query, Resolver } from "type-graphql";
import type { GraphqlContext } from "../graphql/context.ts";
import type { KeyAdministrationService, KeyRotationState, KeyView, StartRotationOutcome } from "./key-administration.service.ts";
import { EncryptionKeyType, KeyRotationType, StartKeyRotationPayload } from "./key-administration.type.ts";

@Resolver()
export class KeyAdministrationResolver {
  readonly #keys: KeyAdministrationService;

  constructor(keys: KeyAdministrationService) {
    this.#keys = keys;
  }

  @Query(() => [EncryptionKeyType], { description: "The keys that records are wrapped by, for administrators." })
  keys(@Ctx() { viewer }: GraphqlContext): Promise<readonly KeyView[]> {
    return this.#keys.listKeys(viewer);
  }

  @Query(() => KeyRotationType, {
    nullable: true,
    description: "The rotation that runs, or ran last, on any node; null before the first. For administrators.",
  })
  keyRotation(@Ctx() { viewer }: GraphqlContext): Promise<KeyRotationState | null> {
    return this.#keys.findRotation(viewer);
  }

  @Mutation(() => StartKeyRotationPayload, {
    nullable: true,
    description:
      "Makes a new primary key and wraps every record with it, in the background: `keyRotation` tells how far it is. For administrators, who confirm their password.",
  })
  startKeyRotation(@Ctx() { viewer }: GraphqlContext): Promise<StartRotationOutcome> {
    return this.#keys.startRotation(viewer);
  }
}
