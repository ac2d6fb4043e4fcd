import type { FieldValues } from "../connectors/connector.ts";
import { badInput } from "../errors.ts";

/** A field as a caller gives it; a null value takes the stored one away. */
export type FieldInput = { readonly name: string; readonly value?: string | null | undefined };

/** Several times what any connector has; each that is unknown is answered for. */
const MOST_FIELDS = 50;

/**
 * The stored values with the given fields put over them: a field left out keeps its value.
 * @throws {GatewayError} BAD_USER_INPUT for a field named twice, and for more than any connector has
 */
export function mergeFields(stored: FieldValues, given: readonly FieldInput[]): FieldValues {
  if (given.length > MOST_FIELDS) throw badInput("fields", `There may be ${MOST_FIELDS} fields at most.`);
  const merged = new Map(Object.entries(stored));
  const seen = new Set<string>();
  for (const { name, value } of given) {
    if (seen.has(name)) throw badInput(`fields.${name}`, `The field ${name} is given twice.`);
    seen.add(name);
    if (value == null) merged.delete(name);
    else merged.set(name, value);
  }
  return Object.fromEntries(merged);
}
