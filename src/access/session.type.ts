import { GraphQLDateTime } from "graphql-scalars";
import { Field, ObjectType, registerEnumType } from "type-graphql";
import { UserError } from "../graphql/user-error.ts";
import { RequiredStep } from "./required-step.ts";
import { UserType } from "./user.type.ts";

registerEnumType(RequiredStep, {
  name: "RequiredStep",
  description: "What a user has to do to their account before they may do anything else.",
});

@ObjectType({ description: "The tokens of a session, or `userErrors` that say why there are none." })
export class SessionPayload {
  @Field(() => String, { nullable: true, description: "For the header `Authorization: Bearer …`; good for 15 minutes." })
  accessToken?: string;

  @Field(() => String, {
    nullable: true,
    description: "For `refreshSession`, once; null when it is in a cookie, as the header `x-postern-session: cookie` asks for.",
  })
  refreshToken?: string | undefined;

  @Field(() => String, { nullable: true })
  tokenType?: string;

  @Field(() => GraphQLDateTime, { nullable: true, description: "When the access token expires." })
  expiresAt?: Date;

  @Field(() => UserType, { nullable: true })
  user?: UserType;

  @Field(() => RequiredStep, { nullable: true, description: "Until it is done, everything else is FORBIDDEN." })
  requiredStep?: RequiredStep | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
