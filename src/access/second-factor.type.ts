import { GraphQLDateTime } from "graphql-scalars";
import { Field, Int, ObjectType } from "type-graphql";
import { UserError } from "../graphql/user-error.ts";

@ObjectType("SecondFactor", { description: "How the viewer's second factor stands." })
export class SecondFactorType {
  @Field(() => GraphQLDateTime, { nullable: true, description: "Since when a sign-in takes a code; null: there is none." })
  enabledAt!: Date | null;

  @Field(() => Int, { description: "Recovery codes that were not used yet." })
  recoveryCodesLeft!: number;

  @Field(() => Boolean, { description: "Whether this gateway asks for one of a user with the viewer's role." })
  isRequired!: boolean;
}

@ObjectType()
export class StartSecondFactorPayload {
  @Field(() => String, { nullable: true, description: "The secret for an authenticator app, in base32, to be typed there." })
  secret!: string | null;

  @Field(() => String, { nullable: true, description: "The same as an `otpauth:` URI, to be shown as a QR code." })
  keyUri!: string | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

@ObjectType()
export class RecoveryCodesPayload {
  @Field(() => [String], { nullable: true, description: "Ten, each good for one sign-in without the app; shown this once." })
  recoveryCodes!: readonly string[] | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

@ObjectType()
export class DisableSecondFactorPayload {
  @Field(() => [UserError], { description: "Empty: it is off, and all other sessions are ended." })
  userErrors!: readonly UserError[];
}
