import { GraphQLDateTime } from "graphql-scalars";
import { ArgsType, Field, ID, ObjectType } from "type-graphql";
import { createConnectionType, PageArguments } from "../graphql/connection.ts";
import { Node } from "../graphql/node.ts";
import type { AuditEventFilter } from "./audit-event.repository.ts";

@ObjectType("AuditEventDetail")
export class AuditEventDetailType {
  @Field(() => String)
  name!: string;

  @Field(() => String)
  value!: string;
}

@ObjectType("AuditEvent", { implements: Node, description: "Something that happened, as it was recorded; never changed." })
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
}
