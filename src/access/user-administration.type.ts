import { Field, ID, Int, ObjectType } from "type-graphql";
import { UserError } from "../graphql/user-error.ts";
import { UserType } from "./user.type.ts";

@ObjectType()
export class UserPayload {
  @Field(() => UserType, { nullable: true })
  user!: UserType | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

@ObjectType()
export class ResetUserPasswordPayload extends UserPayload {
  @Field(() => String, { nullable: true, description: "The password that was made, shown this once; null when one was given." })
  password!: string | null;
}

@ObjectType()
export class DeleteUserPayload {
  @Field(() => ID, { nullable: true })
  deletedId!: string | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

@ObjectType()
export class EndUserSessionsPayload {
  @Field(() => Int)
  endedCount!: number;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
