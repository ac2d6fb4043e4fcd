import { z } from "zod";

/**
 * One environment variable: how its text is read, its default as text, and the line that documents carry. A secret one may
 * also stand in a file that `NAME_FILE` names, and is refused when it is what examples are filled with.
 */
export type Variable = { schema: z.ZodType; initial: string; about: string; isSecret?: true };

/** What stands between commas, without spaces and empty entries. */
export const list = z.string().transform((text) =>
  text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ""),
);

/** A text that may be left out. */
export const text = z.string().min(1).optional();

/** An http or https URL. */
export const httpUrl = z.url({ protocol: /^https?$/, error: "must be an http or https URL" });
