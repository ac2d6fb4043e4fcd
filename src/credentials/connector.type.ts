import { Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { CONNECTOR_CAPABILITIES, type ConnectorCapability } from "../connectors/connector.ts";
import { enumOf } from "../graphql/enum-of.ts";

export const ConnectorCapabilityEnum = enumOf(CONNECTOR_CAPABILITIES);
registerEnumType(ConnectorCapabilityEnum, { name: "ConnectorCapability", description: "What Postern can do with an upstream." });

@ObjectType("ConnectorField", { description: "One thing that an upstream needs to be told." })
export class ConnectorFieldType {
  @Field(() => String)
  name!: string;

  @Field(() => String)
  label!: string;

  @Field(() => String, { nullable: true })
  description!: string | null;

  @Field(() => Boolean, { description: "A secret goes in and comes out by `revealCredential` alone." })
  isSecret!: boolean;

  @Field(() => Boolean)
  isRequired!: boolean;

  @Field(() => String, { nullable: true })
  defaultValue!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "A regular expression that the whole value matches, for forms to tell early; a save is judged by more.",
  })
  pattern!: string | null;

  @Field(() => String, { nullable: true, description: "What the pattern wants, as a sentence." })
  patternHelp!: string | null;

  @Field(() => Int, { nullable: true, description: "Least number of characters." })
  minLength!: number | null;
}

@ObjectType("Connector", {
  simpleResolvers: true,
  description: "One kind of upstream system: what it needs, and what Postern can do with it.",
})
export class ConnectorType {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  description!: string;

  @Field(() => [ConnectorFieldType])
  fields!: readonly ConnectorFieldType[];

  @Field(() => [ConnectorCapabilityEnum])
  capabilities!: readonly ConnectorCapability[];
}
