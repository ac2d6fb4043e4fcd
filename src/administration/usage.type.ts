import { GraphQLDateTime } from "graphql-scalars";
import { Field, Float, ID, Int, ObjectType } from "type-graphql";

@ObjectType("TokenMinute", { description: "Upstream access tokens that callers got in a minute, by where they came from." })
export class TokenMinuteType {
  @Field(() => GraphQLDateTime)
  start!: Date;

  @Field(() => Int, { description: "From this process's memory." })
  memory!: number;

  @Field(() => Int, { description: "From the cache that all nodes share." })
  shared!: number;

  @Field(() => Int, { description: "From a login upstream." })
  upstream!: number;

  @Field(() => Int, { description: "None at all." })
  failed!: number;
}

@ObjectType("LatencyMinute", { description: "Uses of one kind of upstream in a minute." })
export class LatencyMinuteType {
  @Field(() => GraphQLDateTime)
  start!: Date;

  @Field(() => Int)
  count!: number;

  @Field(() => Int)
  failed!: number;

  @Field(() => Float, { nullable: true, description: "Milliseconds; null without any use." })
  meanMs!: number | null;

  @Field(() => Float, { nullable: true, description: "Milliseconds that 95 of 100 uses took at most, as a bucket tells it." })
  p95Ms!: number | null;
}

@ObjectType("ConnectorLatency")
export class ConnectorLatencyType {
  @Field(() => ID)
  connector!: string;

  @Field(() => [LatencyMinuteType])
  minutes!: readonly LatencyMinuteType[];
}

@ObjectType("Usage", {
  description:
    "What the process that answers has counted, minute by minute, in memory: others count their own, a restart forgets.",
})
export class UsageType {
  @Field(() => [TokenMinuteType])
  tokens!: readonly TokenMinuteType[];

  @Field(() => [ConnectorLatencyType])
  upstreams!: readonly ConnectorLatencyType[];
}
