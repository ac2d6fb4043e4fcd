import { readFileSync } from "node:fs";
import { ConfigError } from "../config.ts";
import { MAX_PROJECTS } from "./project.repository.ts";
import { type ProjectFields, parseProject } from "./project-fields.ts";

/** A file of projects never comes near this; something else was named by mistake. In bytes. */
const MAX_BYTES = 1024 * 1024;

function readList(file: string): readonly unknown[] {
  let value: unknown;
  try {
    const bytes = readFileSync(file);
    if (bytes.length > MAX_BYTES) throw new Error(`it has over ${MAX_BYTES} bytes`);
    value = JSON.parse(bytes.toString("utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new ConfigError(`PROJECTS_FILE ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!Array.isArray(value)) throw new ConfigError(`PROJECTS_FILE ${file} must hold a JSON list of projects.`);
  return value;
}

function nameOf(entry: unknown, index: number): string {
  const slug = typeof entry === "object" && entry !== null && "slug" in entry ? entry.slug : undefined;
  return typeof slug === "string" ? `Entry ${index + 1} (${slug.slice(0, 64)})` : `Entry ${index + 1}`;
}

/**
 * The projects of a file, in its order. Entries without a `sortOrder` keep that order.
 * @throws {ConfigError} naming every bad entry with all that is wrong with it.
 */
export function readProjectFile(file: string, isKnown: (connector: string) => boolean): readonly ProjectFields[] {
  const list = readList(file);
  const problems: string[] = [];
  const seen = new Map<string, number>();
  const projects = list.flatMap((entry, index) => {
    const place = nameOf(entry, index);
    const isObject = typeof entry === "object" && entry !== null && !Array.isArray(entry);
    const parsed = parseProject(isObject ? { sortOrder: index, ...entry } : entry, isKnown);
    if (!parsed.ok) {
      problems.push(...parsed.problems.map(({ message }) => `  ${place}: ${message}`));
      return [];
    }
    const { slug } = parsed.fields;
    const first = seen.get(slug);
    if (first === undefined) seen.set(slug, index);
    else problems.push(`  ${place}: slug is that of entry ${first + 1} already.`);
    return [parsed.fields];
  });
  if (list.length > MAX_PROJECTS) problems.push(`  There are ${list.length} projects, more than ${MAX_PROJECTS}.`);
  if (problems.length > 0) throw new ConfigError(`PROJECTS_FILE ${file} is not usable:\n${problems.join("\n")}`);
  return projects;
}
