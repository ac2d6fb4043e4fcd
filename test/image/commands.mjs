import { execFileSync } from "node:child_process";

/** Runs a program to its end, with what it says shown. */
export const run = (command, args, options = {}) =>
  execFileSync(command, args, { stdio: ["ignore", "inherit", "inherit"], ...options });

/** What a program says. */
export const read = (command, args, options = {}) => execFileSync(command, args, { encoding: "utf8", ...options }).trim();

export const say = (text) => process.stdout.write(`${text}\n`);
