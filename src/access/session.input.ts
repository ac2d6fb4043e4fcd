import { Field, InputType } from "type-graphql";

@InputType()
export class RegisterInput {
  @Field(() => String, { description: "1 to 64 characters." })
  username!: string;

  @Field(() => String, { nullable: true })
  email?: string | null;

  @Field(() => String, { description: "8 to 1,024 bytes, taken exactly as typed." })
  password!: string;
}

@InputType()
export class LoginInput {
  @Field(() => String)
  username!: string;

  @Field(() => String)
  password!: string;
}
