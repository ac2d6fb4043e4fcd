import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, ObjectType, registerEnumType } from "type-graphql";
import { SessionKind } from "../database/generated/sqlite/enums.ts";
import { Node } from "../graphql/node.ts";
import { UserError } from "../graphql/user-error.ts";

registerEnumType(SessionKind, {
  name: "SessionKind",
  description: "Who keeps the refresh token: the client itself, or its browser in a cookie.",
});

@ObjectType("Session", { implements: Node, description: "A place where the viewer is signed in." })
export class SessionType extends Node {
  @Field(() => SessionKind)
  kind!: SessionKind;

  @Field(() => String, { nullable: true, description: "The address it was begun from." })
  ip!: string | null;

  @Field(() => String, { nullable: true })
  userAgent!: string | null;

  @Field(() => Boolean, { description: "Whether this request came in it." })
  isCurrent!: boolean;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;

  @Field(() => GraphQLDateTime, { description: "When it was last refreshed; in a browser up to a minute behind every use." })
  lastUsedAt!: Date;

  @Field(() => GraphQLDateTime, { description: "When it ends, however often it is refreshed." })
  expiresAt!: Date;

  @Field(() => GraphQLDateTime, { description: "When it ends unless it is used before." })
  idleExpiresAt!: Date;

  @Field(() => GraphQLDateTime, { description: "Until when sensitive acts go without asking for the password again." })
  confirmedUntil!: Date;
}

@ObjectType()
export class ConfirmPasswordPayload {
  @Field(() => SessionType, { nullable: true })
  session!: SessionType | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
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
