import { GraphQLDateTime } from "graphql-scalars";
import { Field, Int, ObjectType, registerEnumType } from "type-graphql";
import { ConnectionErrorCodeEnum } from "../credentials/connection-test.type.ts";
import { SyncResource, SyncStatus } from "../database/generated/sqlite/client.ts";
import { createConnectionType } from "../graphql/connection.ts";
import { Node } from "../graphql/node.ts";
import { UserError } from "../graphql/user-error.ts";
import type { ConnectionErrorCode } from "../upstream/connection-error.ts";

registerEnumType(SyncResource, { name: "SyncResource", description: "What can be synced." });
registerEnumType(SyncStatus, { name: "SyncStatus", description: "Queued and running runs are open; the others have ended." });

@ObjectType("SyncRun", {
  implements: Node,
  description: "One bringing of contacts or products from an upstream. Of a credential and resource at most one run is open.",
})
export class SyncRunType extends Node {
  @Field(() => SyncResource)
  resource!: SyncResource;

  @Field(() => SyncStatus)
  status!: SyncStatus;

  @Field(() => Boolean, { description: "Asked to read everything again instead of what changed." })
  isFull!: boolean;

  @Field(() => Int, { nullable: true, description: "Rows that the upstream reported at the start; null until known." })
  total!: number | null;

  @Field(() => Int, { description: "Rows read, those among them that were known already included." })
  processed!: number;

  @Field(() => Int)
  created!: number;

  @Field(() => Int, { description: "Rows that were changed or archived." })
  updated!: number;

  @Field(() => Int)
  deleted!: number;

  @Field(() => ConnectionErrorCodeEnum, { nullable: true, description: "What the upstream decided; null for other failures." })
  errorCode!: ConnectionErrorCode | null;

  @Field(() => String, { nullable: true })
  errorMessage!: string | null;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;

  @Field(() => GraphQLDateTime, { nullable: true })
  startedAt!: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  finishedAt!: Date | null;
}

export const SyncRunConnection = createConnectionType("SyncRun", () => SyncRunType);

@ObjectType({ description: "What came of a sync; of one in the background, that it is queued." })
export class SyncPayload {
  @Field(() => Boolean)
  success!: boolean;

  @Field(() => String)
  message!: string;

  @Field(() => [String])
  errors!: readonly string[];

  @Field(() => SyncRunType, { nullable: true, description: "Null when there was no credential to sync with." })
  run!: object | null;
}

@ObjectType()
export class CancelSyncPayload {
  @Field(() => SyncRunType, { nullable: true })
  run!: object | null;

  @Field(() => [UserError])
  userErrors!: UserError[];
}
