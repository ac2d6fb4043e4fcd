import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** The memory of a process in MiB: `VmRSS` what it has in use now, `VmHWM` the most so far. */
export function memoryOf({ pid }: ChildProcess, name: "VmRSS" | "VmHWM" = "VmRSS"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1_024;
}

/** Files, sockets and pipes that a process has open. */
export function openDescriptors({ pid }: ChildProcess): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** How much the values grow for each unit of time, by the straight line that fits the points best. */
export function slopeOf(points: ReadonlyArray<readonly [time: number, value: number]>): number {
  const mean = (place: 0 | 1) => points.reduce((sum, point) => sum + point[place], 0) / points.length;
  const [meanTime, meanValue] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, [time, value]) => sum + (time - meanTime) * (value - meanValue), 0);
  const variance = points.reduce((sum, [time]) => sum + (time - meanTime) ** 2, 0);
  return variance === 0 ? 0 : covariance / variance;
}
