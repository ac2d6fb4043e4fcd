import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Which of the processes has the TCP connection from one port to the other; undefined when none has. */
export function findSocketOwner(from: number, to: number, pids: readonly number[]): number | undefined {
  const [local = "", remote = ""] = [from, to].map((port) => `:${port.toString(16).toUpperCase().padStart(4, "0")}`);
  const rows = readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const inode = rows.find(([, ours, theirs]) => ours?.endsWith(local) && theirs?.endsWith(remote))?.[9];
  return pids.find((pid) => readdirSync(`/proc/${pid}/fd`).some((fd) => targetOf(pid, fd) === `socket:[${inode}]`));
}

function targetOf(pid: number, fd: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return ""; // closed meanwhile
  }
}
