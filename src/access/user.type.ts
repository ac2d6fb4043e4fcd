import { GraphQLDateTime } from "graphql-scalars";
import { Field, Int, ObjectType, registerEnumType } from "type-graphql";
import { Role } from "../database/generated/sqlite/enums.ts";
import { createConnectionType } from "../graphql/connection.ts";
import { Node } from "../graphql/node.ts";
import { UserError } from "../graphql/user-error.ts";

registerEnumType(Role, { name: "Role", description: "What a user may do: ADMIN everything, USER what is their own." });

@ObjectType("User", { implements: Node, simpleResolvers: true, description: "A person with an account." })
export class UserType extends Node {
  @Field(() => String, { description: "As the person typed it; spellings that differ in case or width are the same user." })
  username!: string;

  @Field(() => String, { nullable: true })
  email!: string | null;

  @Field(() => Role)
  role!: Role;

  @Field(() => Boolean, { description: "False: signed out everywhere, and cannot sign in." })
  isActive!: boolean;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "Since when their sign-in takes a code of an authenticator app; null: a password is enough.",
  })
  secondFactorSince!: Date | null;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;

  @Field(() => GraphQLDateTime)
  updatedAt!: Date;
}

@ObjectType("Gateway", { description: "What anybody may know of this gateway." })
export class GatewayType {
  @Field(() => Boolean, { description: "Whether people create their own accounts." })
  isRegistrationOpen!: boolean;

  @Field(() => Int, { description: "Shortest password, in bytes of UTF-8." })
  passwordMinBytes!: number;

  @Field(() => Int)
  passwordMaxBytes!: number;
}

export const UserConnection = createConnectionType("User", () => UserType);

@ObjectType()
export class CreateUserPayload {
  @Field(() => UserType, { nullable: true })
  user!: UserType | null;

  @Field(() => String, { nullable: true, description: "The password that was made, shown this once; null when one was given." })
  password!: string | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
