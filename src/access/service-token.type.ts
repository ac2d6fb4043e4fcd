import { GraphQLDateTime } from "graphql-scalars";
import { Field, ObjectType } from "type-graphql";
import { createConnectionType } from "../graphql/connection.ts";
import { Node } from "../graphql/node.ts";
import { UserError } from "../graphql/user-error.ts";

@ObjectType("ServiceToken", { implements: Node, description: "A token that a machine calls with." })
export class ServiceTokenType extends Node {
  @Field(() => String)
  name!: string;

  @Field(() => String, { description: "Enough to tell it from others." })
  firstCharacters!: string;

  @Field(() => [String])
  permissions!: readonly string[];

  @Field(() => [String], { description: "Connectors that it is limited to; empty means all." })
  connectors!: readonly string[];

  @Field(() => [String], { description: "Projects that it is limited to; empty means all." })
  projects!: readonly string[];

  @Field(() => [String], { description: "Names of the users that it is limited to; empty means all." })
  users!: readonly string[];

  @Field(() => GraphQLDateTime, { nullable: true })
  expiresAt!: Date;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Up to a minute behind." })
  lastUsedAt!: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  revokedAt!: Date | null;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;
}

export const ServiceTokenConnection = createConnectionType("ServiceToken", () => ServiceTokenType);

@ObjectType()
export class CreateServiceTokenPayload {
  @Field(() => ServiceTokenType, { nullable: true })
  serviceToken!: ServiceTokenType | null;

  @Field(() => String, { nullable: true, description: "The token itself, shown this once." })
  token!: string | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

@ObjectType()
export class RevokeServiceTokenPayload {
  @Field(() => ServiceTokenType, { nullable: true })
  serviceToken!: ServiceTokenType;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
