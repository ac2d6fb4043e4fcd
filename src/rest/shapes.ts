import { randomInt } from "node:crypto";
import { z } from "zod";
import { badInput, GatewayError, type PersonError } from "../errors.ts";

/** `{"message": "…"}`, which several systems answer with when all went well. */
export const messageShape = z.object({ message: z.string() });

/** A point in time as ISO 8601 text, from a date. */
export const timestamp = z.string().meta({ format: "date-time" });

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const WITHOUT_CONTROLS = /^[^\u0000-\u001f\u007f]*$/;

/** A name by which something is looked up: neither database takes every control character. */
export const nameText = z.string().max(200).regex(WITHOUT_CONTROLS, "it has control characters");

/** A name that must be there. */
export const requiredName = nameText.trim().min(1, "it is empty");

/** The result, or null when the caller has nothing of the kind. */
export async function nullIfAbsent<Result>(work: Promise<Result>): Promise<Result | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof GatewayError && error.code === "NOT_FOUND") return null;
    throw error;
  }
}

/** The result, or what is absent in the system's own words. @throws {GatewayError} NOT_FOUND */
export async function requirePresent<Result>(work: Promise<Result>, message: string): Promise<Result> {
  const result = await nullIfAbsent(work);
  if (result === null) throw new GatewayError("NOT_FOUND", message);
  return result;
}

/** @throws {GatewayError} the first of the errors, as a failure of the whole request */
export function requireNone(userErrors: readonly PersonError[]): void {
  const [error] = userErrors;
  if (error === undefined) return;
  if (error.code === "FORBIDDEN") throw new GatewayError("FORBIDDEN", error.message);
  const field = error.field?.replace(/^fields\./, "");
  // A connector's complaint says what is wrong, not with which field.
  throw badInput(field ?? "", error.field === field ? error.message : `${field}: ${error.message}`);
}

const MOST_TRIES = 20;
const LONGEST_PAUSE_MS = 20;

/** Saves, and again when somebody else saved meanwhile: clients of the replaced systems expect that the last one wins. */
export async function overwrite<Result>(save: () => Promise<Result>, triesLeft = MOST_TRIES): Promise<Result> {
  try {
    return await save();
  } catch (error) {
    const isOvertaken = error instanceof GatewayError && error.code === "CONFLICT";
    if (!isOvertaken || triesLeft === 0) throw error;
    await new Promise((resolve) => setTimeout(resolve, randomInt(LONGEST_PAUSE_MS)));
    return overwrite(save, triesLeft - 1);
  }
}
