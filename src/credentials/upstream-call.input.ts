import { Field, InputType, registerEnumType } from "type-graphql";
import { enumOf } from "../graphql/enum-of.ts";
import { CredentialSelectorInput } from "./credential.input.ts";
import type { CallInput } from "./upstream-call.service.ts";

/** HEAD is left to REST: an answer without a body tells nothing here. */
export const HttpMethodEnum = enumOf(["GET", "POST", "PUT", "PATCH", "DELETE"]);
registerEnumType(HttpMethodEnum, { name: "HttpMethod" });

@InputType("HeaderInput")
export class HeaderInput {
  @Field(() => String)
  name!: string;

  @Field(() => String)
  value!: string;
}

@InputType({ description: "One call to the upstream with the credential injected; the caller never sees the secret." })
export class CallUpstreamInput implements CallInput {
  @Field(() => CredentialSelectorInput)
  credential!: CredentialSelectorInput;

  @Field(() => HttpMethodEnum, { nullable: true, defaultValue: HttpMethodEnum.GET })
  method?: keyof typeof HttpMethodEnum | null;

  @Field(() => String, { description: "Below the credential's base URL, with the query behind `?`." })
  path!: string;

  @Field(() => [HeaderInput], { nullable: true, description: "Credentials and forwarding headers among them are not passed on." })
  headers?: HeaderInput[] | null;

  @Field(() => String, { nullable: true })
  body?: string | null;
}
