import { Field, Int, ObjectType } from "type-graphql";
import { UserError } from "../graphql/user-error.ts";
import { CredentialSourceEnum } from "./credential.type.ts";
import type { CredentialSource } from "./credential-access.ts";

@ObjectType("UpstreamHeader")
export class UpstreamHeaderType {
  @Field(() => String)
  name!: string;

  @Field(() => String)
  value!: string;
}

@ObjectType("UpstreamResponse", { description: "What the upstream answered; copies of the secret in it are replaced by ***." })
export class UpstreamResponseType {
  @Field(() => Int)
  status!: number;

  @Field(() => [UpstreamHeaderType])
  headers!: UpstreamHeaderType[];

  @Field(() => String, { description: "At most 5 MB; base64 when the bytes are not UTF-8." })
  body!: string;

  @Field(() => Boolean)
  isBase64!: boolean;

  @Field(() => Int)
  durationMs!: number;
}

@ObjectType()
export class CallUpstreamPayload {
  @Field(() => UpstreamResponseType, {
    nullable: true,
    description: "Null when the upstream gave no answer; an error status is one.",
  })
  response!: UpstreamResponseType | null;

  @Field(() => CredentialSourceEnum, { nullable: true })
  source!: CredentialSource | null;

  @Field(() => [UserError])
  userErrors!: UserError[];
}
