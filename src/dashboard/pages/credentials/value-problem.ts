import { texts } from "../../texts/texts.ts";
import type { FormConnector } from "./credential-form.tsx";

const words = texts.credentials.form;

type Field = FormConnector["fields"][number];

/** What is wrong with a field's value as far as the field tells, null when it will do; a kept secret may stay empty. */
export function problemOfValue(field: Field, typed: string, isKept: boolean): string | null {
  const value = field.isSecret ? typed : typed.trim();
  if (value === "") return field.isRequired && !isKept ? words.missing : null;
  if (field.minLength != null && value.length < field.minLength) return words.tooShort(field.minLength);
  const isFit = field.pattern == null || new RegExp(`^(?:${field.pattern})$`, "u").test(value);
  return isFit ? null : (field.patternHelp ?? words.unfit);
}
