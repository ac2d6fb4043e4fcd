import { Field, ID, InputType } from "type-graphql";

@InputType()
export class DeleteUserInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: "The user's name, typed once more as a confirmation." })
  username!: string;
}
