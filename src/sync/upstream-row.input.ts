import { ArgsType, Field } from "type-graphql";
import { CredentialSelectorInput } from "../credentials/credential.input.ts";
import { PageArguments } from "../graphql/connection.ts";
import type { RowListRequest } from "./upstream-row.service.ts";

@ArgsType()
export class UpstreamRowsArguments extends PageArguments implements RowListRequest {
  @Field(() => CredentialSelectorInput, {
    nullable: true,
    description: "The caller's default Odoo credential when left out.",
  })
  credential?: CredentialSelectorInput | null;

  @Field(() => String, { nullable: true, description: "Part of a text of the row, whatever its case and accents." })
  search?: string | null;
}
