import { GraphQLDateTime } from "graphql-scalars";
import { ArgsType, Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { createConnectionType, PageArguments } from "../graphql/connection.ts";
import { enumOf } from "../graphql/enum-of.ts";
import { Node } from "../graphql/node.ts";
import type { AuditEventFilter, AuditOrder } from "./audit-event.repository.ts";

export const AuditOrderEnum = enumOf(["NEWEST_FIRST", "OLDEST_FIRST"]);
registerEnumType(AuditOrderEnum, { name: "AuditOrder" });

@ObjectType("AuditEventDetail", { simpleResolvers: true })
export class AuditEventDetailType {
  @Field(() => String)
  name!: string;

  @Field(() => String)
  value!: string;
}

@ObjectType("AuditEvent", {
  implements: Node,
  simpleResolvers: true,
  description: "Something that happened, as it was recorded; never changed.",
})
export class AuditEventType extends Node {
  @Field(() => String, { description: "In the past tense: CREDENTIAL_REVEALED." })
  action!: string;

  @Field(() => String, { description: "SUCCEEDED, FAILED or REFUSED." })
  outcome!: string;

  @Field(() => String, { description: "USER, SERVICE, ANONYMOUS or SYSTEM." })
  actorType!: string;

  @Field(() => String, { nullable: true })
  actorId!: string | null;

  @Field(() => String, { nullable: true })
  targetType!: string | null;

  @Field(() => String, { nullable: true })
  targetId!: string | null;

  @Field(() => String, { nullable: true })
  ip!: string | null;

  @Field(() => String, { nullable: true, description: "Finds the request in the log." })
  correlationId!: string | null;

  @Field(() => [AuditEventDetailType], { description: "What else is worth knowing; never a secret." })
  details!: AuditEventDetailType[];

  @Field(() => GraphQLDateTime)
  createdAt!: Date;

  @Field(() => String, { nullable: true, description: "The chain that it is a link of." })
  chainId!: string | null;

  @Field(() => Int, { nullable: true, description: "Its place in the chain, from 1 on without gaps." })
  sequence!: number | null;
}

export const AuditEventConnection = createConnectionType("AuditEvent", () => AuditEventType);

@ArgsType()
export class AuditEventsArguments extends PageArguments implements AuditEventFilter {
  @Field(() => String, { nullable: true })
  action?: string | null;

  @Field(() => ID, { nullable: true })
  actorId?: string | null;

  @Field(() => ID, { nullable: true })
  targetId?: string | null;

  @Field(() => [String], { nullable: true, description: "Any of these actions." })
  actions?: string[] | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "At this time or later." })
  from?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Before this time." })
  to?: Date | null;

  @Field(() => AuditOrderEnum, { nullable: true, description: "NEWEST_FIRST when left out." })
  order?: AuditOrder | null;
}
