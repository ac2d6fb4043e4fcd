import { spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import type { TestStore } from "./database.ts";
import { scriptOf } from "./script.ts";

/** A process that asks for one access token; `kill` ends it without a chance to tidy up and gives the signal it ended by. */
export async function runTokenProcess(options: {
  store: TestStore;
  ringFile: string;
  loginUrl: string;
  leaseMs: number;
  credentialId: string;
}) {
  const { store, ringFile, loginUrl, leaseMs, credentialId } = options;
  const child = spawn(process.execPath, [await scriptOf("token-process")], {
    env: {
      ...process.env,
      DATA_DIR: store.dataDir,
      RING_FILE: ringFile,
      LOGIN_URL: loginUrl,
      LEASE_MS: String(leaseMs),
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
