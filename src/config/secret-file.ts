import { readFileSync, statSync } from "node:fs";
import { isPlaceholder } from "../placeholder.ts";
import type { Variable } from "./variable.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type Given = { readonly text: string | undefined } | { readonly problem: string };

const ANYBODY = 0o007;
const MOST_BYTES = 1024 * 1024;

/** What the environment says of a variable: its text, that of the file that it names, or what is wrong with it. */
export function readVariable(name: string, { isSecret }: Variable, environment: Environment): Given {
  const text = environment[name];
  if (!isSecret) return { text };
  const file = environment[`${name}_FILE`];
  if (text && file) return { problem: `give either it or ${name}_FILE, not both` };
  const given = file ? readSecretFile(file) : { text };
  return "text" in given && isPlaceholder(given.text ?? "") ? { problem: "is a placeholder, not a secret" } : given;
}

/** A secret's file without the line's end behind it; refused when anybody may use it. */
export function readSecretFile(file: string): Given {
  try {
    const { mode, size } = statSync(file);
    if ((mode & ANYBODY) !== 0) return { problem: `anybody may use ${file} (mode ${(mode & 0o777).toString(8)}); make it 600` };
    if (size > MOST_BYTES) return { problem: `${file} is too large for a secret` };
    return { text: readFileSync(file, "utf8").replace(/\r?\n$/, "") };
  } catch (error) {
    return { problem: `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})` };
  }
}
