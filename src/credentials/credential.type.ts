import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { CredentialStatus as StoredStatus } from "../database/generated/sqlite/client.ts";
import { badInput } from "../errors.ts";
import { createConnectionType } from "../graphql/connection.ts";
import { enumOf } from "../graphql/enum-of.ts";
import { Node } from "../graphql/node.ts";
import { UserError } from "../graphql/user-error.ts";
import { ConnectionTestType } from "./connection-test.type.ts";
import type { CredentialSource } from "./credential-access.ts";

/** The stored statuses, and the one that only opening a credential shows. */
export const CredentialStatusEnum = { ...StoredStatus, UNREADABLE: "UNREADABLE" } as const;
export type CredentialStatus = keyof typeof CredentialStatusEnum;

/** The status as one that a store can look for; UNREADABLE it cannot. */
export function requireStoredStatus(status: CredentialStatus): StoredStatus {
  if (status !== "UNREADABLE") return status;
  throw badInput("statuses", "UNREADABLE shows only when a credential is opened, so it cannot be looked for.");
}

registerEnumType(CredentialStatusEnum, {
  name: "CredentialStatus",
  valuesConfig: {
    UNREADABLE: { description: "The stored secret cannot be opened: it was changed, moved, or its key is missing." },
  },
});

export const CredentialSourceEnum = enumOf<CredentialSource>(["USER", "SYSTEM"]);
registerEnumType(CredentialSourceEnum, {
  name: "CredentialSource",
  description: "Whose credential it is: the viewer's own, or the system default that a user without one falls back to.",
});

@ObjectType("CredentialField", {
  simpleResolvers: true,
  description: "A field and its value; of a secret one only whether it is set.",
})
export class CredentialFieldType {
  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  value!: string | null;

  @Field(() => Boolean)
  isSecret!: boolean;

  @Field(() => Boolean)
  isSet!: boolean;
}

@ObjectType("CredentialVersion", { description: "One save of a credential." })
export class CredentialVersionType {
  @Field(() => Int)
  version!: number;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;
}

@ObjectType("Credential", {
  implements: Node,
  simpleResolvers: true,
  description: "The login or key of one account on one upstream system.",
})
export class CredentialType extends Node {
  @Field(() => String, { description: "Tells apart the uses of one connector: an application, a portal project." })
  project!: string;

  @Field(() => String, { description: "Tells apart several accounts for the same use." })
  label!: string;

  @Field(() => Int, { description: "Grows with every save." })
  version!: number;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;

  @Field(() => GraphQLDateTime)
  updatedAt!: Date;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "Last reveal, access token, call or sync, to the minute; null when it was never used.",
  })
  lastUsedAt!: Date | null;
}

export const CredentialConnection = createConnectionType("Credential", () => CredentialType);

@ObjectType()
export class SaveCredentialPayload {
  @Field(() => CredentialType, { nullable: true, description: "What was saved; null when nothing was." })
  credential!: CredentialType | null;

  @Field(() => ConnectionTestType, { nullable: true })
  connectionTest!: ConnectionTestType | null;

  @Field(() => [UserError])
  userErrors!: UserError[];
}

@ObjectType()
export class MoveCredentialPayload {
  @Field(() => CredentialType, { nullable: true })
  credential!: CredentialType | null;

  @Field(() => [UserError])
  userErrors!: UserError[];
}

@ObjectType()
export class DeleteCredentialPayload {
  @Field(() => ID, { nullable: true })
  deletedId!: string | null;

  @Field(() => [UserError])
  userErrors!: UserError[];
}

@ObjectType({ simpleResolvers: true, description: "A field in the clear." })
export class RevealedField {
  @Field(() => String)
  name!: string;

  @Field(() => String)
  value!: string;
}

@ObjectType({ simpleResolvers: true })
export class RevealCredentialPayload {
  @Field(() => CredentialType, { nullable: true })
  credential!: CredentialType | null;

  @Field(() => [RevealedField], { nullable: true })
  fields!: RevealedField[] | null;

  @Field(() => [UserError])
  userErrors!: UserError[];
}
