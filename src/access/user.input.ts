import { Field, InputType } from "type-graphql";
import { Role } from "../database/generated/sqlite/enums.ts";

@InputType()
export class CreateUserInput {
  @Field(() => String, { description: "1 to 64 characters." })
  username!: string;

  @Field(() => String, { nullable: true })
  email?: string | null;

  @Field(() => String, { nullable: true, description: "A random one when left out." })
  password?: string | null;

  @Field(() => Role, { nullable: true, description: "USER when left out." })
  role?: Role | null;
}
