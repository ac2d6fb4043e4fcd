import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { ConnectorType } from "../credentials/connector.type.ts";
import { ProjectSource } from "../database/generated/sqlite/client.ts";
import { Node } from "../graphql/node.ts";
import { UserError } from "../graphql/user-error.ts";

registerEnumType(ProjectSource, {
  name: "ProjectSource",
  description: "Where the project was written down: in PROJECTS_FILE, which alone can change it then, or over the API.",
});

@ObjectType("RequiredConnector", { description: "A connector that a project needs a credential for." })
export class RequiredConnectorType {
  @Field(() => ConnectorType)
  connector!: ConnectorType;

  @Field(() => String, { nullable: true, description: "Null: a credential for the project's slug or for none will do." })
  project!: string | null;
}

@ObjectType("Project", { implements: Node, description: "A system that people launch from the portal." })
export class ProjectType extends Node {
  @Field(() => String, { description: "Also the `project` of credentials that are meant for it." })
  slug!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  description!: string;

  @Field(() => Int)
  sortOrder!: number;

  @Field(() => Boolean)
  isArchived!: boolean;

  @Field(() => ProjectSource)
  source!: ProjectSource;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;

  @Field(() => GraphQLDateTime)
  updatedAt!: Date;
}

@ObjectType()
export class SaveProjectPayload {
  @Field(() => ProjectType, { nullable: true, description: "What was saved; null when nothing was." })
  project!: ProjectType | null;

  @Field(() => [UserError])
  userErrors!: UserError[];
}

@ObjectType()
export class DeleteProjectPayload {
  @Field(() => ID, { nullable: true })
  deletedId!: string | null;

  @Field(() => [UserError])
  userErrors!: UserError[];
}
