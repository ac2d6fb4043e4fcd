import { z } from "zod";
import type { ConnectorField, FieldProblem, FieldValues, ParsedFields } from "./connector.ts";

const MAX_LENGTH = 8_192;
const MAX_ECHO = 64;

const fieldMeta = z.object({
  title: z.string().min(1),
  description: z.string().optional(),
  secret: z.boolean().default(false),
  initial: z.string().optional(),
  pattern: z.string().optional(),
  patternHelp: z.string().optional(),
});

/** For the `.meta` of a field that takes an http or https address. */
export const HTTP_URL_PATTERN = {
  pattern: "(?:https?|HTTPS?)://.+",
  patternHelp: "Begins with https:// or http://.",
} as const;

/**
 * The fields that a connector's schema describes, in its order.
 * @throws {Error} naming a field whose `.meta({ title, … })` is missing; `.meta` is to be the last call on a field's schema.
 */
export function describeFields(schema: z.ZodObject): readonly ConnectorField[] {
  return Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => {
    const meta = fieldMeta.safeParse(field.meta());
    if (!meta.success)
      throw new Error(
        `The connector field ${name} needs .meta({ title, description, secret, initial, pattern, patternHelp }) as its last call`,
      );
    const { title, description = null, secret, initial, pattern = null, patternHelp = null } = meta.data;
    if ((pattern === null) !== (patternHelp === null)) throw new Error(`The connector field ${name} needs words for its pattern`);
    const isRequired = initial === undefined && !field.safeParse(undefined).success;
    const { minLength = 0 } = z.toJSONSchema(field, { io: "input", unrepresentable: "any" });
    return {
      name,
      label: title,
      description,
      isSecret: secret,
      isRequired,
      defaultValue: initial ?? null,
      pattern,
      patternHelp,
      minLength: minLength > 1 ? minLength : null,
    };
  });
}

/**
 * Validates input against the fields: fills defaults, takes an empty optional field as absent, trims what is no secret, and
 * names every unknown, missing or wrong field at once. No problem's message repeats a value.
 */
export function parseFieldInput(
  schema: z.ZodObject,
  fields: readonly ConnectorField[],
  input: Readonly<Record<string, unknown>>,
): ParsedFields {
  const known = new Set(fields.map(({ name }) => name));
  const unknown = Object.keys(input).filter((name) => !known.has(name));
  const problems: FieldProblem[] = unknown.map((name) => ({
    field: name.slice(0, MAX_ECHO),
    message: `There is no such field; the fields are ${[...known].join(", ")}.`,
  }));
  const values: Record<string, string> = {};
  for (const field of fields) {
    const outcome = readField(field, Object.hasOwn(input, field.name) ? input[field.name] : undefined);
    if (typeof outcome === "string") values[field.name] = outcome;
    else if (outcome !== null) problems.push(outcome);
  }
  const already = new Set(problems.map(({ field }) => field));
  const parsed = schema.safeParse(values);
  const wrong = (parsed.error?.issues ?? []).map((issue) => ({
    field: String(issue.path[0] ?? ""),
    message: `${issue.message}.`.replace(/\.+$/, "."),
  }));
  problems.push(...wrong.filter(({ field }) => !already.has(field)));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, values: asText(values, parsed.data ?? {}) };
}

/** The field's text, null when it is absent, or what is wrong with it. */
function readField({ name, isSecret, isRequired, defaultValue }: ConnectorField, given: unknown): string | FieldProblem | null {
  if (given !== undefined && given !== null && typeof given !== "string")
    return { field: name, message: "This field must be text." };
  const text = (isSecret ? given : given?.trim()) || (defaultValue ?? "");
  if (text === "") return isRequired ? { field: name, message: "This field is required." } : null;
  if (text.length > MAX_LENGTH) return { field: name, message: `This field is longer than ${MAX_LENGTH} characters.` };
  // Line ends and NUL would break out of headers and scripts that the secret is put into later.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  const forbidden = isSecret ? /[\r\n\0]/ : /[\u0000-\u001f\u007f]/;
  if (forbidden.test(text)) return { field: name, message: "This field has a line end or another control character." };
  return text;
}

/** What the schema made of the values, where that is text: normalised addresses and the like. */
function asText(values: FieldValues, output: Readonly<Record<string, unknown>>): FieldValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const parsed = output[name];
      return [name, typeof parsed === "string" ? parsed : value];
    }),
  );
}
