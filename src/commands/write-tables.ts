import { readFileSync, writeFileSync } from "node:fs";
import type { Variable } from "../config/variable.ts";
import { VARIABLES } from "../config.ts";
import { ERROR_CODES } from "../errors.ts";

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

/** The table of environment variables. */
function configurationTable(): string {
  const rows = Object.entries<Variable>(VARIABLES).map(([name, { initial, about, isSecret }]) => [
    isSecret ? `\`${name}\`, \`${name}_FILE\`` : `\`${name}\``,
    initial && `\`${initial}\``,
    about,
  ]);
  return table(["variable", "default", "meaning"], rows);
}

/** The README's table of error codes. */
function errorTable(): string {
  return table(
    ["code", "HTTP", "meaning"],
    Object.entries(ERROR_CODES).map(([code, { status, meaning }]) => [`\`${code}\``, String(status), meaning]),
  );
}

const HEAD = `# Postern reads its environment and no file of this kind. Whoever wants one has Node read it, after \`npm run build\`:
# node --env-file=.env dist/main.js, and with the commands' names behind it: node --env-file=.env dist/main.js keys list`;

/** `.env.example`: how such a file is used, then every variable with its meaning, commented out, its default filled in. */
export function environmentExample(): string {
  const variables = Object.entries(VARIABLES).map(([name, { initial, about }]) => `# ${about}\n# ${name}=${initial}`);
  return `${[HEAD, ...variables].join("\n\n")}\n`;
}

/** A text with the part between `<!-- name -->` and `<!-- /name -->` replaced. */
function replaceSection(text: string, name: string, body: string): string {
  const [before, rest] = text.split(`<!-- ${name} -->`);
  const after = rest?.split(`<!-- /${name} -->`)[1];
  if (before === undefined || after === undefined) throw new Error(`There is no section ${name}`);
  return `${before}<!-- ${name} -->\n${body}\n<!-- /${name} -->${after}`;
}

/** The documents with their tables as the code has them, by file. */
export const DOCUMENTS: Readonly<Record<string, (text: string) => string>> = {
  "README.md": (text) => replaceSection(text, "errors", errorTable()),
  ".github/CONFIGURATION.md": (text) => replaceSection(text, "configuration", configurationTable()),
};

if (process.argv[1]?.endsWith("write-tables.js")) {
  for (const [file, withTable] of Object.entries(DOCUMENTS)) writeFileSync(file, withTable(readFileSync(file, "utf8")));
  writeFileSync(".env.example", environmentExample());
}
