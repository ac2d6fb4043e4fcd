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

  @Field(() => String, {
    nullable: true,
    description:
      "For who has a second factor: the code of their authenticator app, or a recovery code. Without one the answer is the error SECOND_FACTOR_REQUIRED with the field `code`.",
  })
  code?: string | null;
}
