import { GraphQLDateTime } from "graphql-scalars";
import { Field, ObjectType } from "type-graphql";
import { UserError } from "../graphql/user-error.ts";
import { CredentialSourceEnum } from "./credential.type.ts";
import type { CredentialSource } from "./credential-access.ts";

@ObjectType({
  simpleResolvers: true,
  description: "The upstream's own access token, cached per credential until shortly before it expires.",
})
export class IssueAccessTokenPayload {
  @Field(() => String, { nullable: true })
  accessToken!: string | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Until when Postern hands this token out." })
  expiresAt!: Date | null;

  @Field(() => Boolean, { nullable: true, description: "False when a login was made or waited for." })
  isCached!: boolean | null;

  @Field(() => CredentialSourceEnum, { nullable: true })
  source!: CredentialSource | null;

  @Field(() => [UserError])
  userErrors!: UserError[];
}
