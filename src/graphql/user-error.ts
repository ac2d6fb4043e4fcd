import { Field, ObjectType } from "type-graphql";

@ObjectType({
  simpleResolvers: true,
  description: "A failure that the person can act on. `code` is stable; `field` is the input path, dotted.",
})
export class UserError {
  @Field(() => String)
  message!: string;

  @Field(() => String, { nullable: true })
  field!: string | null;

  @Field(() => String)
  code!: string;
}
