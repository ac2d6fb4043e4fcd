import { Field, ID, InputType, Int } from "type-graphql";
import type { SaveProjectInput as Input } from "./project.service.ts";

@InputType("RequiredConnectorInput", { description: "A connector that a project needs." })
export class RequiredConnectorInput {
  @Field(() => ID)
  connector!: string;

  @Field(() => String, {
    nullable: true,
    description: "The project that the credential must be for; left out, the project's own slug or none.",
  })
  project?: string | null;
}

@InputType({
  description:
    "Creates the project, or replaces the fields given of the one with the same slug. A field left out keeps its value.",
})
export class SaveProjectInput implements Input {
  @Field(() => String)
  slug!: string;

  @Field(() => String, { nullable: true, description: "Needed for a new project." })
  name?: string | null;

  @Field(() => String, { nullable: true })
  description?: string | null;

  @Field(() => String, { nullable: true, description: "Asked by GET whether the project is there: 2xx or 3xx say yes." })
  healthUrl?: string | null;

  @Field(() => String, { nullable: true, description: "http or https; `{username}` stands for the viewer's name." })
  launchUrl?: string | null;

  @Field(() => [RequiredConnectorInput], { nullable: true })
  requiredConnectors?: RequiredConnectorInput[] | null;

  @Field(() => Int, { nullable: true, description: "Smaller ones come first." })
  sortOrder?: number | null;

  @Field(() => Boolean, { nullable: true, description: "True takes it from the portal and keeps it stored." })
  isArchived?: boolean | null;

  @Field(() => ID, {
    nullable: true,
    description: "What must be there: the project with this id, or none when null. Left out: either will do.",
  })
  replaces?: string | null;
}

@InputType()
export class DeleteProjectInput {
  @Field(() => ID)
  id!: string;
}
