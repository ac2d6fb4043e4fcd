import { GraphQLDateTime } from "graphql-scalars";
import { Field, Int, ObjectType } from "type-graphql";
import { createConnectionType } from "../graphql/connection.ts";
import { Node } from "../graphql/node.ts";

@ObjectType("Contact", {
  implements: Node,
  simpleResolvers: true,
  description: "A person or company as the upstream had it at the last sync.",
})
export class ContactType extends Node {
  @Field(() => Int, { description: "Its id at the upstream." })
  upstreamId!: number;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  email!: string | null;

  @Field(() => String, { nullable: true })
  phone!: string | null;

  @Field(() => Boolean)
  isCompany!: boolean;

  @Field(() => Boolean, { description: "False when it is archived at the upstream." })
  isActive!: boolean;

  @Field(() => GraphQLDateTime, { description: "Its last change by the upstream's clock." })
  upstreamUpdatedAt!: Date;

  @Field(() => GraphQLDateTime, { description: "When that change was stored here." })
  syncedAt!: Date;
}

export const ContactConnection = createConnectionType("Contact", () => ContactType);
