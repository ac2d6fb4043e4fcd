import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, Int, ObjectType } from "type-graphql";
import { UserError } from "../graphql/user-error.ts";

@ObjectType("EncryptionKey", { description: "A key that wraps the data keys of records; never the key itself." })
export class EncryptionKeyType {
  @Field(() => ID)
  id!: string;

  @Field(() => Boolean, { description: "The one that new records are wrapped by." })
  isPrimary!: boolean;

  @Field(() => GraphQLDateTime, { nullable: true })
  createdAt!: Date | null;

  @Field(() => Int, { description: "How many records it wraps." })
  sealedRecords!: number;
}

@ObjectType("KeyRotation", { description: "How far the wrapping of all records with the primary key is." })
export class KeyRotationType {
  @Field(() => Boolean, { description: "On any node." })
  isRunning!: boolean;

  @Field(() => Int, { description: "Records that the primary key wraps." })
  rewrapped!: number;

  @Field(() => Int, { nullable: true, description: "Records that could not be read and keep their key; null until it is over." })
  unreadable!: number | null;

  @Field(() => Int, { description: "All records." })
  total!: number;

  @Field(() => GraphQLDateTime, { nullable: true })
  startedAt!: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Null while it runs, and when it was killed." })
  finishedAt!: Date | null;
}

@ObjectType()
export class StartKeyRotationPayload {
  @Field(() => KeyRotationType, { nullable: true })
  keyRotation!: KeyRotationType | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
