import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { TestStore } from "./database.ts";

const SCRIPT = fileURLToPath(new URL("./token-process.ts", import.meta.url));
const RUN = `const { runnerImport } = await import("vite"); await runnerImport(${JSON.stringify(SCRIPT)}, { configFile: false });`;

/** A process that asks for one access token; `kill` ends it without a chance to tidy up and gives the signal it ended by. */
export function runTokenProcess(options: { store: TestStore; ringFile: string; loginUrl: string; credentialId: string }) {
  const { store, ringFile, loginUrl, credentialId } = options;
  const child = spawn(process.execPath, ["--input-type=module", "-e", RUN], {
    env: {
      ...process.env,
      DATA_DIR: store.dataDir,
      RING_FILE: ringFile,
      LOGIN_URL: loginUrl,
      CREDENTIAL_ID: credentialId,
      ...(store.databaseUrl && { STORE_URL: store.databaseUrl }),
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const exited = once(child, "exit") as Promise<[number | null, string | null]>;
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    kill: async () => {
      child.kill("SIGKILL");
      const [, signal] = await exited;
      return signal;
    },
  };
}
