import { Field, InputType } from "type-graphql";
import { CredentialSelectorInput } from "./credential.input.ts";

@InputType()
export class IssueAccessTokenInput {
  @Field(() => CredentialSelectorInput)
  credential!: CredentialSelectorInput;

  @Field(() => Boolean, { nullable: true, defaultValue: false, description: "Log in anew, whatever is cached." })
  forceRefresh?: boolean | null;
}
