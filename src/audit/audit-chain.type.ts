import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { enumOf } from "../graphql/enum-of.ts";

export const AuditIntervalEnum = enumOf(["HOUR", "DAY"]);
registerEnumType(AuditIntervalEnum, { name: "AuditInterval", description: "Hours and days of UTC." });

@ObjectType("AuditChain", { description: "A chain of audit events: one writer's, each event authenticated with the one before." })
export class AuditChainType {
  @Field(() => ID)
  id!: string;

  @Field(() => Int, { description: "How many events it has had." })
  sequence!: number;

  @Field(() => Int, { description: "How far the last signed head says that it goes." })
  signedSequence!: number;

  @Field(() => GraphQLDateTime, { nullable: true })
  signedAt!: Date | null;

  @Field(() => Boolean, { description: "Its process has stopped in order." })
  isEnded!: boolean;

  @Field(() => Int, { description: "How much of it a retention cut has removed." })
  cutSequence!: number;
}

@ObjectType("AuditFault", { description: "A place where the trail is not as it was written." })
export class AuditFaultType {
  @Field(() => String, { description: "CHANGED, MISSING, REPEATED, TRUNCATED, FORKED, UNCHAINED or UNSIGNED." })
  kind!: string;

  @Field(() => ID)
  chainId!: string;

  @Field(() => Int)
  sequence!: number;

  @Field(() => ID, { nullable: true })
  eventId!: string | null;
}

@ObjectType("AuditVerification", { description: "A verification of the whole trail, under way or over." })
export class AuditVerificationType {
  @Field(() => GraphQLDateTime)
  startedAt!: Date;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Null while it is under way." })
  finishedAt!: Date | null;

  @Field(() => Int)
  checkedEvents!: number;

  @Field(() => Int, { description: "How many events there were when it began." })
  totalEvents!: number;

  @Field(() => Boolean, { nullable: true, description: "Null while it is under way." })
  isWhole!: boolean | null;

  @Field(() => Int)
  faultCount!: number;

  @Field(() => [AuditFaultType], { description: "The first hundred." })
  faults!: AuditFaultType[];
}

@ObjectType("AuditCount", { description: "How many events of an action and outcome there were in an hour or a day." })
export class AuditCountType {
  @Field(() => GraphQLDateTime)
  start!: Date;

  @Field(() => String)
  action!: string;

  @Field(() => String)
  outcome!: string;

  @Field(() => Int)
  count!: number;
}
