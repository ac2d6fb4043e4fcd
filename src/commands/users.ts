import type { Access } from "../access/access.ts";
import { systemViewer } from "../access/viewer.ts";
import { type ExitCode, USAGE_ERROR } from "./usage-error.ts";

type Accounts = Pick<Access, "users" | "administration">;

export type UsersCommandDependencies = {
  /** Opens the store; a command that is not understood leaves it alone. */
  readonly open: () => Promise<{ readonly access: Accounts }>;
  /** Takes one line, without its end. */
  readonly print: (line: string) => void;
};

type Outcome = { readonly done: string } | { readonly refused: string };

const USAGE = `Usage: npm run users -- <command>
  reset-password <name>       make a new password for a user, show it this once, and end their sessions
  reset-second-factor <name>  take the second factor of a user who has lost it, and end their sessions`;
const COMMANDS: Readonly<Record<string, (administration: Accounts["administration"], id: string) => Promise<Outcome>>> = {
  "reset-password": async (administration, id) => {
    const { password, userErrors } = await administration.resetPassword(systemViewer("users-command"), id, null);
    return told(userErrors, `The new password, to be changed at the next sign-in: ${password}`);
  },
  "reset-second-factor": async (administration, id) => {
    const { userErrors } = await administration.resetSecondFactor(systemViewer("users-command"), id);
    return told(userErrors, "The second factor is gone: the password is enough again.");
  },
};

/**
 * Runs `npm run users` beside running gateways, for who has no administrator to ask. Resolves with the exit code: 0 done, 1 refused,
 * 64 not understood.
 */
export async function runUsersCommand(args: readonly string[], { open, print }: UsersCommandDependencies): Promise<ExitCode> {
  const [command = "", name, ...more] = args;
  const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (run === undefined || name === undefined || more.length > 0) {
    print(USAGE);
    return USAGE_ERROR;
  }
  const { users, administration } = (await open()).access;
  const id = await users.findIdByName(name);
  // The name is not repeated: it may be a password in the wrong place.
  const outcome: Outcome = id === null ? { refused: "There is no such active user." } : await run(administration, id);
  print("done" in outcome ? outcome.done : outcome.refused);
  return "done" in outcome ? 0 : 1;
}

function told(errors: readonly { readonly message: string }[], done: string): Outcome {
  return errors.length === 0 ? { done } : { refused: errors.map(({ message }) => message).join(" ") };
}
