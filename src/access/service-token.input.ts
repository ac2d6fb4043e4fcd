import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, InputType } from "type-graphql";

@InputType()
export class CreateServiceTokenInput {
  @Field(() => String)
  name!: string;

  @Field(() => [String], { description: "One or more; an unknown one is refused with the list of those there are." })
  permissions!: string[];

  @Field(() => [String], { nullable: true, description: "Ids of connectors; left out or empty: all." })
  connectors?: string[] | null;

  @Field(() => [String], { nullable: true, description: "Left out or empty: all." })
  projects?: string[] | null;

  @Field(() => [String], { nullable: true, description: "User names; left out or empty: all." })
  users?: string[] | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Left out: in `SERVICE_TOKEN_DAYS`, 90 days from now at first." })
  expiresAt?: Date | null;
}

@InputType()
export class RevokeServiceTokenInput {
  @Field(() => ID)
  id!: string;
}
