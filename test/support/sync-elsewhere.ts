import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { scriptOf } from "./script.ts";
import type { SyncHarness } from "./sync.ts";

type Progress = { readonly processed: number; readonly addedMiB: number };

/** Works off the queue in a process of its own; `onProgress` may kill it. Gives its last word and how it ended. */
export async function workElsewhere(
  { store, ringFile }: Pick<SyncHarness, "store" | "ringFile">,
  onProgress: (progress: Progress) => boolean = () => true,
) {
  const environment = { ...process.env, DATA_DIR: store.dataDir, RING_FILE: ringFile, STORE_URL: store.databaseUrl ?? "" };
  const child = spawn(process.execPath, ["--expose-gc", await scriptOf("sync-process")], {
    env: store.databaseUrl === undefined ? { ...environment, STORE_URL: undefined } : environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let last: Progress = { processed: 0, addedMiB: 0 };
  createInterface({ input: child.stdout }).on("line", (line) => {
    last = JSON.parse(line) as Progress;
    if (!onProgress(last)) child.kill("SIGKILL");
  });
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  return { ...last, code, signal };
}

/** Queues a run that nobody in this process works on. */
export async function queueRun({ node, viewer }: Pick<SyncHarness, "node" | "viewer">): Promise<string> {
  await node.runner.stop();
  const { run } = await node.runs.sync(viewer, { resource: "CONTACTS", background: true }, new AbortController().signal);
  if (run === null) throw new Error("No run was queued.");
  return run.id;
}
