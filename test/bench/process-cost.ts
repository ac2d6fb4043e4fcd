import { readFileSync, writeFileSync } from "node:fs";

/** The kernel counts CPU time in hundredths of a second on every Linux that Node runs on. */
const TICK_MS = 10;

/** CPU time of a process so far, user and system, of all its threads, in milliseconds; to 10 ms. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in parentheses may have spaces in it; what follows has not.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function memoryMiBOf(pid: number, line: "VmHWM" | "VmRSS"): number {
  const [, kilobytes = "0"] = new RegExp(`${line}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}

/** Greatest resident memory of a process since `resetPeak`, in MiB. */
export function peakMiBOf(pid: number): number {
  return memoryMiBOf(pid, "VmHWM");
}

/** Resident memory of a process, in MiB. */
export function residentMiBOf(pid: number): number {
  return memoryMiBOf(pid, "VmRSS");
}

export function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}
