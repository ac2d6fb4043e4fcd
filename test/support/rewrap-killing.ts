import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TestStore } from "./database.ts";
import { scriptOf } from "./script.ts";

/** Runs a rewrap in a process of its own and kills it, without a chance to tidy up, at its n-th line of progress. */
export async function killRewrap(store: TestStore, file: string, line: number): Promise<string | null> {
  const environment = {
    ...process.env,
    DATA_DIR: store.dataDir,
    RING_FILE: file,
    ...(store.databaseUrl && { STORE_URL: store.databaseUrl }),
  };
  const child = spawn(process.execPath, [await scriptOf("rewrap-process")], {
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let seen = 0;
  createInterface({ input: child.stdout }).on("line", () => {
    seen += 1;
    if (seen === line) child.kill("SIGKILL");
  });
  const [, signal] = (await once(child, "exit")) as [number | null, string | null];
  return signal;
}
