import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";

const RUN = path.join(import.meta.dirname, "run.mjs");

/** A process of its own, bound to one core so that server and load do not take turns on it. */
export type ScriptProcess = { readonly child: ChildProcess; nextLine(): Promise<string>; stop(): Promise<void> };

export type ScriptOptions = { readonly core: number; readonly env?: Readonly<Record<string, string>> };

function watch(child: ChildProcess): ScriptProcess {
  const exited = once(child, "exit");
  const lines = child.stdout === null ? null : createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    nextLine: async () => {
      const next = await lines?.next();
      if (next === undefined || next.done === true) throw new Error("The process ended before it answered.");
      return next.value;
    },
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** Starts a script of this folder; it speaks by lines on its output and hears on its input. */
export function startScript(script: string, { core, env = {} }: ScriptOptions): ScriptProcess {
  const command = ["-c", String(core), process.execPath, RUN, script];
  return watch(
    spawn("taskset", command, { env: { ...process.env, NODE_ENV: "production", ...env }, stdio: ["pipe", "pipe", "inherit"] }),
  );
}
