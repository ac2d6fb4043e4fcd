import { Field, ID, InputType, Int } from "type-graphql";
import type { CredentialSelector } from "./credential-access.ts";

@InputType("CredentialFieldInput", { description: "A field of the connector and its value; null takes the value away." })
export class CredentialFieldInput {
  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  value?: string | null;
}

@InputType({
  description:
    "Creates the credential, or replaces the fields given of the one with the same owner, connector, project and label. A field left out keeps its value.",
})
export class SaveCredentialInput {
  @Field(() => ID)
  connector!: string;

  @Field(() => String, { nullable: true, defaultValue: "" })
  project?: string | null;

  @Field(() => String, { nullable: true, defaultValue: "default" })
  label?: string | null;

  @Field(() => [CredentialFieldInput])
  fields!: CredentialFieldInput[];

  @Field(() => Boolean, { nullable: true, description: "Left out: as it is; the first of a connector becomes the default." })
  isDefault?: boolean | null;

  @Field(() => ID, {
    nullable: true,
    description: "What must be there: the credential with this id, or none when null. Left out: either will do.",
  })
  replaces?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: "The version that must be in use of the credential that is replaced. Left out: whichever is.",
  })
  replacesVersion?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description: "Test before saving; what fails the test is not saved. False saves untested.",
  })
  test?: boolean | null;
}

@InputType({ description: "One of the versions that are kept of a credential, whose values come back as the newest one." })
export class RestoreCredentialVersionInput {
  @Field(() => ID)
  id!: string;

  @Field(() => Int)
  version!: number;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description: "Test before saving; what fails the test is not saved. False saves untested.",
  })
  test?: boolean | null;
}

@InputType({ description: "Another project or label for a credential; what is left out, or null, stays as it is." })
export class MoveCredentialInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  project?: string | null;

  @Field(() => String, { nullable: true })
  label?: string | null;
}

@InputType()
export class DeleteCredentialInput {
  @Field(() => ID)
  id!: string;
}

@InputType("CredentialSelector", {
  description:
    "A stored credential by id; or the one that a caller means: own by default, another user's for a service token that may.",
})
export class CredentialSelectorInput implements CredentialSelector {
  @Field(() => ID, { nullable: true })
  id?: string | null;

  @Field(() => String, { nullable: true })
  username?: string | null;

  @Field(() => ID, { nullable: true })
  connector?: string | null;

  @Field(() => String, { nullable: true })
  project?: string | null;

  @Field(() => String, { nullable: true })
  label?: string | null;
}

@InputType()
export class RevealCredentialInput {
  @Field(() => CredentialSelectorInput)
  credential!: CredentialSelectorInput;
}

@InputType({ description: "Either a stored credential, or a connector with fields that are tried and never stored." })
export class TestCredentialInput {
  @Field(() => CredentialSelectorInput, { nullable: true })
  credential?: CredentialSelectorInput | null;

  @Field(() => ID, { nullable: true })
  connector?: string | null;

  @Field(() => [CredentialFieldInput], { nullable: true })
  fields?: CredentialFieldInput[] | null;
}
