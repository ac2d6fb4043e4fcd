import { GraphQLDateTime } from "graphql-scalars";
import { Field, Int, ObjectType, registerEnumType } from "type-graphql";
import { ConnectionTestOutcome } from "../database/generated/sqlite/client.ts";
import { enumOf } from "../graphql/enum-of.ts";
import { Node } from "../graphql/node.ts";
import { UserError } from "../graphql/user-error.ts";
import {
  CONNECTION_ERROR_CODES,
  CONNECTION_STAGES,
  type ConnectionErrorCode,
  type ConnectionStage,
} from "../upstream/connection-error.ts";
import type { ShownTest } from "./credential-page.repository.ts";

registerEnumType(ConnectionTestOutcome, { name: "ConnectionTestOutcome" });

export const ConnectionStageEnum = enumOf(CONNECTION_STAGES);
registerEnumType(ConnectionStageEnum, { name: "ConnectionStage", description: "The stages of a connection test, in order." });

export const ConnectionErrorCodeEnum = enumOf(CONNECTION_ERROR_CODES);
registerEnumType(ConnectionErrorCodeEnum, {
  name: "ConnectionErrorCode",
  description: "What the upstream, or the way to it, decided against us.",
});

@ObjectType("ConnectionTestDetail")
export class ConnectionTestDetailType {
  @Field(() => String)
  name!: string;

  @Field(() => String)
  value!: string;
}

@ObjectType("ConnectionTest", {
  implements: Node,
  simpleResolvers: true,
  description: "What came of trying a credential at its upstream.",
})
export class ConnectionTestType extends Node {
  @Field(() => ConnectionTestOutcome)
  outcome!: ConnectionTestOutcome;

  @Field(() => String)
  message!: string;

  @Field(() => ConnectionStageEnum, { description: "How far it came: the stage that failed, or the last one." })
  stage!: ConnectionStage;

  @Field(() => ConnectionErrorCodeEnum, { nullable: true })
  code!: ConnectionErrorCode | null;

  @Field(() => [ConnectionTestDetailType], {
    description: "What the upstream told: odoo_uid, contact_count, product_count, server_version...",
  })
  details!: ConnectionTestDetailType[];

  @Field(() => Int)
  durationMs!: number;

  @Field(() => GraphQLDateTime)
  testedAt!: Date;
}

@ObjectType()
export class TestCredentialPayload {
  @Field(() => ConnectionTestType, { nullable: true })
  connectionTest!: ConnectionTestType | null;

  @Field(() => [UserError])
  userErrors!: UserError[];
}

/** A stored test in the shape that the API shows. */
export function toConnectionTest<Row extends ShownTest | null>(row: Row): Row extends null ? null : ConnectionTestType;
export function toConnectionTest(row: ShownTest | null): ConnectionTestType | null {
  if (row === null) return null;
  return {
    ...row,
    stage: row.stage as ConnectionStage,
    code: row.code as ConnectionErrorCode | null,
    // Lists of credentials show every last test, and of few the details.
    get details() {
      return Object.entries(JSON.parse(row.details) as Record<string, string>).map(([name, value]) => ({ name, value }));
    },
  };
}
