import { ArgsType, Field, ID, InputType } from "type-graphql";
import { CredentialSelectorInput } from "../credentials/credential.input.ts";
import { SyncResource } from "../database/generated/sqlite/client.ts";
import { PageArguments } from "../graphql/connection.ts";
import type { RunListRequest } from "./sync-run.service.ts";

@InputType()
export class SyncInput {
  @Field(() => CredentialSelectorInput, {
    nullable: true,
    description: "The caller's default Odoo credential when left out.",
  })
  credential?: CredentialSelectorInput | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      "Read everything again instead of what changed since the last run. Also accepts that most of the rows are gone, which other runs refuse.",
  })
  full?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: "Answer as soon as the run is queued instead of when it ends.",
  })
  background?: boolean | null;
}

@InputType()
export class CancelSyncInput {
  @Field(() => ID, { description: "The run's id." })
  id!: string;
}

@ArgsType()
export class SyncRunsArguments extends PageArguments implements RunListRequest {
  @Field(() => CredentialSelectorInput, { nullable: true, description: "All of the viewer's own when left out." })
  credential?: CredentialSelectorInput | null;

  @Field(() => SyncResource, { nullable: true })
  resource?: SyncResource | null;
}
