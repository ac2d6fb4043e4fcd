#!/usr/bin/env node
import { runProgram } from "./run.ts";
import { RUN_USAGE } from "./run-arguments.ts";
import { USAGE_ERROR } from "./usage-error.ts";

// A client: it opens no store and reads no configuration of the gateway, so that it runs where neither is.
const say = (text: string) => void process.stderr.write(`${text}\n`);
const [command, ...args] = process.argv.slice(2);
const asksHelp = [command, args[0]].some((word) => word === "--help" || word === "-h");

if (asksHelp) process.stdout.write(`${RUN_USAGE}\n`);
else if (command === "run") process.exitCode = await runProgram(args, process.env, say);
else {
  say(RUN_USAGE);
  process.exitCode = USAGE_ERROR;
}
