import { readFileSync } from "node:fs";

/**
 * The stages of a Dockerfile: for each its image, its name and its instructions in their order, each `[keyword, rest]`, with lines
 * that end in a backslash joined.
 */
export function readStages(file) {
  const lines = readFileSync(file, "utf8").replaceAll("\\\n", " ").split("\n");
  const stages = [];
  for (const line of lines) {
    const [, keyword, rest] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (keyword === "FROM") {
      const [image, , name = ""] = rest.split(/\s+/);
      stages.push({ image, name, instructions: [] });
    } else if (keyword !== undefined) stages.at(-1).instructions.push([keyword, rest]);
  }
  return stages;
}

/** The names and values of an ENV instruction. */
export function readEnv(rest) {
  return Object.fromEntries(rest.split(/\s+/).map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
}
