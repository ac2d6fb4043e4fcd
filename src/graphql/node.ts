import { Field, ID, InterfaceType } from "type-graphql";
import { type IdPrefix, idPrefixOf } from "../identifiers.ts";

/** Which GraphQL type an id's prefix stands for. */
const NODE_TYPE_NAMES: Readonly<Partial<Record<IdPrefix, string>>> = {
  user: "User",
  credential: "Credential",
  test: "ConnectionTest",
  run: "SyncRun",
  contact: "Contact",
  product: "Product",
  project: "Project",
  event: "AuditEvent",
  session: "Session",
  token: "ServiceToken",
};

@InterfaceType({
  description: "Anything that has an id of its own.",
  resolveType: (value: { id: string }) => {
    const prefix = idPrefixOf(value.id);
    return prefix === null ? undefined : NODE_TYPE_NAMES[prefix];
  },
})
export abstract class Node {
  @Field(() => ID)
  id!: string;
}
