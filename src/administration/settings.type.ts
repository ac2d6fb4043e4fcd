import { Field, ObjectType, registerEnumType } from "type-graphql";
import { Role } from "../database/generated/sqlite/enums.ts";
import { enumOf } from "../graphql/enum-of.ts";

export const IssuerProofEnum = enumOf(["SECRET", "KEY_SET"]);
registerEnumType(IssuerProofEnum, { name: "IssuerProof", description: "A shared secret, or the public keys at an address." });

@ObjectType("TrustedIssuer", { description: "A system whose tokens are believed." })
export class TrustedIssuerType {
  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true, description: "What `iss` of its tokens must be; null: they have none." })
  issuer!: string | null;

  @Field(() => IssuerProofEnum)
  proof!: keyof typeof IssuerProofEnum;

  @Field(() => Role, { description: "The role of users that it brings; ADMIN holds through it only where it is this." })
  role!: Role;

  @Field(() => Boolean, { description: "Whether it brings users that are not known yet." })
  createsUsers!: boolean;
}

@ObjectType("Settings", { description: "What the operator has set in the environment; no secret of it." })
export class SettingsType {
  @Field(() => Boolean, { description: "Whether system defaults stand in for users without a credential of their own." })
  isFallbackAllowed!: boolean;

  @Field(() => Boolean)
  isRegistrationOpen!: boolean;

  @Field(() => [TrustedIssuerType])
  trustedIssuers!: readonly TrustedIssuerType[];
}
