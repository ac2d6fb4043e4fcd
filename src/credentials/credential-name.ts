import { badInput } from "../errors.ts";

/** Longest project or label, in UTF-16 units. */
const MAX_NAME_LENGTH = 100;

function parseName(field: "project" | "label", value: string): string {
  if (value.length > MAX_NAME_LENGTH) throw badInput(field, `${field} may have at most ${MAX_NAME_LENGTH} characters.`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]|\p{Cs}/u.test(value)) throw badInput(field, `${field} may not contain control characters.`);
  return value.trim();
}

/** The project that a credential is for, as it is stored; empty: any. @throws {GatewayError} BAD_USER_INPUT */
export function parseProject(value: string | null | undefined): string {
  return parseName("project", value ?? "");
}

/** The label that tells credentials of one use apart, as it is stored. @throws {GatewayError} BAD_USER_INPUT */
export function parseLabel(value: string | null | undefined): string {
  return parseName("label", value ?? "") || "default";
}
