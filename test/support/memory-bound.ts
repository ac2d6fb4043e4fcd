/** The first V8 that collects the garbage of passing buffers late, in steps of 64 MiB of them (Node 22 and on). */
const LATE_COLLECTING_V8 = 12;
const LATE_GARBAGE_MIB = 80;

/** How many MiB a process may weigh above idle when it keeps no more than `kept` at a time; what it keeps is the same on every V8. */
export function memoryBound(kept: number): number {
  return Number.parseInt(process.versions.v8, 10) >= LATE_COLLECTING_V8 ? kept + LATE_GARBAGE_MIB : kept;
}
