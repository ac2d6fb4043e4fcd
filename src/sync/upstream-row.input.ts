import { ArgsType, Field, registerEnumType } from "type-graphql";
import { CredentialSelectorInput } from "../credentials/credential.input.ts";
import { PageArguments } from "../graphql/connection.ts";
import { enumOf } from "../graphql/enum-of.ts";
import { ROW_SORTS, type RowSort, SORT_DIRECTIONS, type SortDirection } from "./row-order.ts";
import type { RowListRequest } from "./upstream-row.service.ts";

const RowSortEnum = enumOf(ROW_SORTS);
registerEnumType(RowSortEnum, {
  name: "RowSort",
  description: "By the upstream's ids, by name without case and accents, or by the last change there.",
});

const SortDirectionEnum = enumOf(SORT_DIRECTIONS);
registerEnumType(SortDirectionEnum, { name: "SortDirection" });

@ArgsType()
export class UpstreamRowsArguments extends PageArguments implements RowListRequest {
  @Field(() => CredentialSelectorInput, {
    nullable: true,
    description: "The caller's default Odoo credential when left out.",
  })
  credential?: CredentialSelectorInput | null;

  @Field(() => String, { nullable: true, description: "Part of a text of the row, whatever its case and accents." })
  search?: string | null;

  @Field(() => RowSortEnum, { nullable: true, defaultValue: "ID" })
  sort?: RowSort | null;

  @Field(() => SortDirectionEnum, { nullable: true, defaultValue: "ASC" })
  direction?: SortDirection | null;
}
