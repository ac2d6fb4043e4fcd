import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, ObjectType } from "type-graphql";
import { Node } from "../graphql/node.ts";
import { UserError } from "../graphql/user-error.ts";

@ObjectType("Session", { implements: Node, description: "A place where the viewer is signed in." })
export class SessionType extends Node {
  @Field(() => String, { nullable: true, description: "The address it was begun from." })
  ip!: string | null;

  @Field(() => String, { nullable: true })
  userAgent!: string | null;

  @Field(() => Boolean, { description: "Whether this request came in it." })
  isCurrent!: boolean;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;

  @Field(() => GraphQLDateTime, { description: "When it was last refreshed." })
  lastUsedAt!: Date;

  @Field(() => GraphQLDateTime, { description: "When it ends, however often it is refreshed." })
  expiresAt!: Date;
}

@ObjectType()
export class ChangePasswordPayload {
  @Field(() => [UserError], { description: "Empty: the password is changed, and all other sessions are ended." })
  userErrors!: readonly UserError[];
}

@ObjectType()
export class EndSessionPayload {
  @Field(() => ID, { nullable: true })
  endedId!: string | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
