import { spawn } from "node:child_process";
import { constants } from "node:os";
import { RevealError, type RevealFailure, revealFields } from "./reveal.ts";
import { parseRunArguments, RUN_USAGE, type RunPlan, UsageError } from "./run-arguments.ts";
import { type Environment, environmentOf, variablesOf } from "./run-environment.ts";
import { USAGE_ERROR } from "./usage-error.ts";

/** More exit codes of sysexits.h, and those of a shell for a program that does not start. */
const EXIT_CODES: Readonly<Record<RevealFailure, number>> = { UNAVAILABLE: 69, NOT_PERMITTED: 77, BAD_REQUEST: USAGE_ERROR };
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

const PASSED_SIGNALS = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2"] as const;
/** A terminal gives these to all that runs in it: passed on as well, the program would get them twice. */
const KEYBOARD_SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT"];

type Say = (line: string) => void;

/**
 * Runs `postern run`: fetches credentials and starts a program with them in its environment, writing nothing anywhere.
 * Resolves with the program's exit code (128 and the number of the signal that ended it), or with 64 for a command line
 * that is not understood, 69 when Postern is unavailable, 77 when it does not permit.
 *
 * The token leaves the program's environment so that it spreads no further by chance. It is no wall: this process has it
 * still, and a program of the same account can read that under /proc.
 */
export async function runProgram(args: readonly string[], inherited: Environment, say: Say): Promise<number> {
  try {
    const plan = parseRunArguments(args);
    const environment = environmentOf(inherited, await fetchVariables(plan, inherited), plan.keepsToken);
    return await start(plan.program, environment, say);
  } catch (error) {
    if (error instanceof UsageError) {
      say(`postern: ${error.message}\n\n${RUN_USAGE}`);
      return USAGE_ERROR;
    }
    if (!(error instanceof RevealError)) throw error;
    say(`postern: ${error.message}`);
    return EXIT_CODES[error.failure];
  }
}

async function fetchVariables({ wanted, url }: RunPlan, environment: Environment): Promise<Readonly<Record<string, string>>> {
  const gateway = { url: requireUrl(url ?? environment.POSTERN_URL), token: requireToken(environment.POSTERN_TOKEN) };
  // One after the other: whoever is refused the first does not leave the record of a second reveal.
  const credentials = [];
  for (const each of wanted) credentials.push({ wanted: each, fields: await revealFields(gateway, each) });
  return variablesOf(credentials);
}

function requireUrl(url: string | undefined): string {
  if (!url) throw new UsageError("Say where Postern is: POSTERN_URL or --url.");
  const { protocol, username, password } = URL.canParse(url) ? new URL(url) : { protocol: "", username: "", password: "" };
  if (!/^https?:$/.test(protocol) || username || password) throw new UsageError("Postern's URL is https://host or http://host.");
  return url;
}

function requireToken(token: string | undefined): string {
  if (!token) throw new UsageError("Set POSTERN_TOKEN to a service token.");
  // fetch would quote a header that it refuses.
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new UsageError("POSTERN_TOKEN is no token: there is a space or an invisible character in it.");
  return token;
}

function start([program, ...args]: RunPlan["program"], environment: Environment, say: Say): Promise<number> {
  const child = spawn(program, args, { env: environment, stdio: "inherit" });
  const pass = (signal: NodeJS.Signals) => {
    if (!(process.stdin.isTTY && KEYBOARD_SIGNALS.includes(signal))) child.kill(signal);
  };
  for (const signal of PASSED_SIGNALS) process.on(signal, pass);
  return new Promise<number>((resolve) => {
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    child.once("error", (error: NodeJS.ErrnoException) => {
      const isAbsent = error.code === "ENOENT";
      say(`postern: ${program}: ${isAbsent ? "there is no such program" : "cannot be started"} (${error.code ?? "unknown"})`);
      resolve(isAbsent ? NOT_FOUND : NOT_EXECUTABLE);
    });
  }).finally(() => {
    for (const signal of PASSED_SIGNALS) process.off(signal, pass);
  });
}
