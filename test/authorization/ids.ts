import { type GraphQLInputType, getNamedType, isInputObjectType } from "graphql";
import { type Operation, variablesFor } from "./operations.ts";

/** A place in an operation's variables that takes a record's id or a cursor, as the names on the way to it. */
export type IdPlace = readonly string[];

/** Connectors are named by id, and are nobody's. */
const NOT_OF_RECORDS = new Set(["connector"]);

function placesIn(name: string, type: GraphQLInputType): IdPlace[] {
  const named = getNamedType(type);
  if (isInputObjectType(named)) {
    return Object.values(named.getFields()).flatMap((field) => placesIn(field.name, field.type).map((rest) => [name, ...rest]));
  }
  const isId = named.name === "ID" && !NOT_OF_RECORDS.has(name);
  return isId || name === "after" ? [[name]] : [];
}

/** Every place of an operation that takes an id of a record, or a cursor. */
export function idPlacesOf({ field }: Operation): IdPlace[] {
  return field.args.flatMap(({ name, type }) => placesIn(name, type));
}

/** The variables of an operation with an id in one of its places; a selector has that id alone. */
export function withId(
  operation: Operation,
  place: IdPlace,
  { id, records }: { readonly id: string; readonly records: Readonly<Record<string, string>> },
): Record<string, unknown> {
  const text = place.at(-1) === "after" ? Buffer.from(id).toString("base64url") : id;
  const put = (value: unknown, [step, ...rest]: IdPlace): unknown => {
    if (step === undefined) return text;
    const inner = (value ?? {}) as Record<string, unknown>;
    return { ...inner, [step]: put(inner[step], rest) };
  };
  return put(variablesFor(operation, records), place) as Record<string, unknown>;
}

/** The same id but for its last character: of the right shape, in the same place of every list, and of no record. */
export const absentLike = (id: string) => `${id.slice(0, -1)}${id.endsWith("0") ? "1" : "0"}`;
