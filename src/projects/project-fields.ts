import { z } from "zod";
import type { PersonError } from "../errors.ts";
import { ConnectionError } from "../upstream/connection-error.ts";
import { allowOperatorUrl } from "../upstream/operator-url.ts";
import { findLaunchUrlFault } from "./launch-url.ts";

/** A connector that a project needs; without a project, a credential for the project's slug or for none will do. */
export type RequiredConnector = { readonly connector: string; readonly project: string | null };

/** What a person decides about a project. */
export type ProjectFields = {
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly healthUrl: string | null;
  readonly launchUrl: string | null;
  readonly requiredConnectors: readonly RequiredConnector[];
  readonly sortOrder: number;
  readonly isArchived: boolean;
};

export type ParsedProject =
  | { readonly ok: true; readonly fields: ProjectFields }
  | { readonly ok: false; readonly problems: readonly PersonError[] };

const MAX_REQUIRED = 20;
const MAX_ORDER = 1_000_000;

const line = (max: number) =>
  z
    .string({ error: "must be text." })
    .trim()
    .max(max, `may have at most ${max} characters.`)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "may not contain control characters.");

function findHealthUrlFault(url: string): string | null {
  try {
    allowOperatorUrl(url);
    return null;
  } catch (error) {
    if (error instanceof ConnectionError) return `cannot be called: ${error.message}`;
    throw error;
  }
}

const checkedUrl = (findFault: (url: string) => string | null) =>
  line(2_000)
    .superRefine((url, context) => {
      const fault = url === "" ? null : findFault(url);
      if (fault !== null) context.addIssue({ code: "custom", message: fault });
    })
    .transform((url) => url || null)
    .nullish()
    .transform((url) => url ?? null);

function requiredConnector(isKnown: (connector: string) => boolean) {
  const connector = z
    .string({ error: "must be the id of a connector." })
    .refine(isKnown, { error: (issue) => `names no connector of this Postern: ${String(issue.input).slice(0, 100)}` });
  const project = line(100)
    .nullish()
    .transform((name) => name ?? null);
  const named = z.strictObject({ connector, project });
  // Said with a condition instead of a union, whose problems would not tell which half was meant.
  return z.preprocess((value) => (typeof value === "string" ? { connector: value } : value), named);
}

function projectFields(isKnown: (connector: string) => boolean) {
  return z.strictObject({
    slug: z
      .string({ error: "must be text." })
      .max(64, "may have at most 64 characters.")
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be lower-case letters and digits, in groups joined by dashes."),
    name: line(100).min(1, "must not be empty."),
    description: line(1_000).nullish(),
    healthUrl: checkedUrl(findHealthUrlFault),
    launchUrl: checkedUrl(findLaunchUrlFault),
    requiredConnectors: z
      .array(requiredConnector(isKnown), { error: "must be a list." })
      .max(MAX_REQUIRED, `may have at most ${MAX_REQUIRED} entries.`)
      .nullish(),
    sortOrder: z
      .int({ error: "must be a whole number." })
      .min(-MAX_ORDER, `must be at least -${MAX_ORDER}.`)
      .max(MAX_ORDER, `must be at most ${MAX_ORDER}.`)
      .nullish(),
    isArchived: z.boolean({ error: "must be true or false." }).nullish(),
  });
}

function toProblem({ path, message, code, ...issue }: z.core.$ZodIssue): PersonError {
  const unknown = code === "unrecognized_keys" && "keys" in issue ? `has unknown fields: ${String(issue.keys)}.` : null;
  const field = path.map(String).join(".") || null;
  return { field, message: `${field ?? "The project"} ${unknown ?? message}`, code: "INVALID_FIELDS" };
}

/** Reads a project from outside; every problem names its dotted field. `isKnown` tells whether a connector exists. */
export function parseProject(value: unknown, isKnown: (connector: string) => boolean): ParsedProject {
  const result = projectFields(isKnown).safeParse(value);
  if (!result.success) return { ok: false, problems: result.error.issues.map(toProblem) };
  const { description, requiredConnectors, sortOrder, isArchived, ...fields } = result.data;
  return {
    ok: true,
    fields: {
      ...fields,
      description: description ?? "",
      requiredConnectors: requiredConnectors ?? [],
      sortOrder: sortOrder ?? 0,
      isArchived: isArchived ?? false,
    },
  };
}
