import type { z } from "zod";
import { refuseField } from "./failure.ts";

/**
 * What a part of a request is by its schema; unknown members are left out.
 * @throws {GatewayError} BAD_USER_INPUT naming the first member that is wrong, and never its value
 */
export function parseValues(schema: z.ZodObject, values: unknown): Record<string, unknown> {
  const parsed = schema.safeParse(values ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return refuseField(issue?.path.map(String).join(".") ?? "", complaintOf(issue));
}

function complaintOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return "is malformed.";
  if (issue.code === "invalid_type") return `must be ${NOUNS[issue.expected] ?? issue.expected}.`;
  return `is not usable: ${issue.message.replace(/\.$/, "")}.`;
}

const NOUNS: Readonly<Record<string, string>> = {
  string: "a text",
  object: "an object",
  record: "an object",
  boolean: "true or false",
};
