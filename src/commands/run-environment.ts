import { UsageError, type WantedCredential } from "./run-arguments.ts";

/** A credential's fields in the clear, by name. */
export type Fields = Readonly<Record<string, string>>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** A program that made a client of Postern from these would be led astray by another's values. */
const OWN_NAMES: ReadonlySet<string> = new Set(["POSTERN_URL", "POSTERN_TOKEN"]);

/**
 * The variables that credentials become.
 * @throws {UsageError} for a field that is not there, a name that is taken twice or is Postern's own, and a value that no
 * environment can hold; the value itself is not repeated
 */
export function variablesOf(credentials: readonly { readonly wanted: WantedCredential; readonly fields: Fields }[]): Fields {
  const variables = new Map<string, string>();
  for (const { wanted, fields } of credentials) {
    for (const [name, field] of namesOf(wanted, fields)) {
      const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
      if (value === undefined) {
        throw new UsageError(`${wanted.connector} has no field ${field} that is set; it has ${Object.keys(fields).join(", ")}.`);
      }
      if (OWN_NAMES.has(name)) throw new UsageError(`${name} is Postern's own: give ${wanted.connector} a --prefix or an --env.`);
      if (variables.has(name))
        throw new UsageError(`${name} would be set twice: give ${wanted.connector} a --prefix or an --env.`);
      if (value.includes("\0"))
        throw new UsageError(`${wanted.connector}'s ${field} has a NUL in it, which no environment can hold.`);
      variables.set(name, value);
    }
  }
  return Object.fromEntries(variables);
}

function namesOf({ prefix, variables }: WantedCredential, fields: Fields): readonly (readonly [string, string])[] {
  if (variables.length > 0) return variables;
  return Object.keys(fields).map((field) => [`${prefix}${field.toUpperCase()}`, field]);
}

/** The environment of the program: what there was, without Postern's token unless it is kept, and the variables. */
export function environmentOf(inherited: Environment, variables: Fields, keepsToken: boolean): Environment {
  const { POSTERN_TOKEN, ...rest } = inherited;
  return { ...rest, ...(keepsToken && { POSTERN_TOKEN }), ...variables };
}
