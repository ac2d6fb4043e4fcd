import { parseArgs } from "node:util";

/** A credential to fetch, and what its fields are to be called in the program's environment. */
export type WantedCredential = {
  readonly connector: string;
  readonly username?: string;
  readonly project?: string;
  readonly label?: string;
  /** Comes before a field's name in upper case. */
  readonly prefix: string;
  /** Variables by name with their fields; when there are any, no other field is passed on. */
  readonly variables: readonly (readonly [name: string, field: string])[];
};

/** What a command line asks for; the program's name is the first word of `program`. */
export type RunPlan = {
  readonly wanted: readonly WantedCredential[];
  readonly url: string | undefined;
  readonly keepsToken: boolean;
  readonly program: readonly [string, ...string[]];
};

/** A command line that is not understood, as the person who wrote it is told. */
export class UsageError extends Error {}

/** What `postern run --help` prints. */
export const RUN_USAGE = `Usage: postern run --connector ID [options] -- PROGRAM [ARGUMENTS]
  --connector ID     the credential's connector; again for one more credential
  --project NAME     its project
  --label NAME       its label
  --user NAME        whose it is; with a service token always
  --prefix TEXT      begins the names of its variables (POSTERN_: POSTERN_EMAIL, POSTERN_PASSWORD)
  --env NAME=FIELD   calls the field's variable NAME, and passes on no field but those named so
  --url URL          where Postern is (POSTERN_URL)
  --keep-token       leaves POSTERN_TOKEN in the program's environment
Options before the first --connector hold for every one, options after it for that one.
The token comes in POSTERN_TOKEN, never as an argument.`;

const OPTIONS = {
  connector: { type: "string" },
  project: { type: "string" },
  label: { type: "string" },
  user: { type: "string" },
  prefix: { type: "string" },
  env: { type: "string" },
  url: { type: "string" },
  "keep-token": { type: "boolean" },
} as const;

type Draft = { options: Readonly<Record<string, string>>; readonly variables: (readonly [string, string])[] };

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The plan of `postern run`'s arguments. @throws {UsageError} which repeats no value: a token may have slipped in */
export function parseRunArguments(args: readonly string[]): RunPlan {
  const end = args.indexOf("--");
  const [program, ...programArguments] = end < 0 ? [] : args.slice(end + 1);
  if (program === undefined) throw new UsageError("Name the program to run after --.");
  const shared: Draft = { options: {}, variables: [] };
  const drafts: Draft[] = [];
  let url: string | undefined;
  let keepsToken = false;
  for (const { name, value } of readOptions(args.slice(0, end))) {
    const draft = drafts.at(-1) ?? shared;
    if (name === "keep-token") keepsToken = true;
    else if (name === "url") url = value;
    else if (name === "connector")
      drafts.push({ options: { ...shared.options, connector: value }, variables: [...shared.variables] });
    else if (name === "env") draft.variables.push(parseVariable(value));
    else draft.options = { ...draft.options, [name]: value };
  }
  if (drafts.length === 0) throw new UsageError("Name a connector: --connector ID.");
  return { wanted: drafts.map(toWanted), url, keepsToken, program: [program, ...programArguments] };
}

function readOptions(args: readonly string[]): { name: string; value: string }[] {
  const { tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  return tokens.map((token) => {
    if (token.kind !== "option") throw new UsageError("There is a word that belongs to no option; the program comes after --.");
    const { name, rawName, value, inlineValue } = token;
    if (!Object.hasOwn(OPTIONS, name)) throw new UsageError(`There is no option ${rawName}.`);
    if (name === "keep-token") {
      if (value !== undefined) throw new UsageError(`${rawName} takes no value.`);
      return { name, value: "" };
    }
    const isMissing = value === undefined || (!inlineValue && value.startsWith("-"));
    if (isMissing) throw new UsageError(`${rawName} needs a value; one that begins with - is written ${rawName}=-…`);
    return { name, value };
  });
}

function parseVariable(text: string): readonly [string, string] {
  const [name = "", field = "", ...more] = text.split("=");
  if (!VARIABLE_NAME.test(name) || field === "" || more.length > 0) throw new UsageError("--env is written NAME=FIELD.");
  return [name, field];
}

function toWanted({ options, variables }: Draft): WantedCredential {
  const { connector = "", user, project, label, prefix = "POSTERN_" } = options;
  if (!VARIABLE_NAME.test(prefix)) throw new UsageError("--prefix begins a variable's name: letters, digits and _.");
  return {
    connector,
    ...(user !== undefined && { username: user }),
    ...(project !== undefined && { project }),
    ...(label !== undefined && { label }),
    prefix,
    variables,
  };
}
