import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { FaultReport, Figures } from "./define-fault.ts";

const MARK = "POSTERN_EMPTY_NETWORK";

/** True in the network that `runInEmptyNetwork` makes. */
export const isInEmptyNetwork = () => process.env[MARK] === "1";

/** The loopback device takes every address there is for its own, so that whatever is dialled arrives at a listener here. */
const SET_UP = `ip link set lo up
ip route add local 0.0.0.0/0 dev lo
ip -6 route add local ::/0 dev lo
mount --bind "$1" /etc/resolv.conf
shift
exec "$@"`;

/**
 * Runs a fault once more in a network namespace without any way out, in which every address leads to this machine and the
 * name server is 127.0.0.1. Needs the right to make namespaces.
 */
export async function runInEmptyNetwork(name: string): Promise<Figures> {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-network-"));
  const resolver = path.join(folder, "resolv.conf");
  writeFileSync(resolver, "nameserver 127.0.0.1\n");
  const command = [process.execPath, "test/faults/support/run.mjs", name, "--json"];
  const inside = ["-n", "-m", "sh", "-ec", SET_UP, "sh", resolver, ...command];
  try {
    const env = { ...process.env, [MARK]: "1" };
    const run = promisify(execFile)("unshare", inside, { env, maxBuffer: 64 * 1024 * 1024 });
    const { stdout } = await run.catch((error: { stdout: string; stderr: string }) => error);
    const text = String(stdout);
    const { reports } = JSON.parse(text.slice(text.indexOf("{"))) as { reports: (FaultReport & { errors: string[] })[] };
    const [report] = reports;
    if (report?.figures === undefined) throw new Error(`${name} gave no figures: ${report?.errors.join("\n")}`);
    return { cases: report.cases, figures: report.figures };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
