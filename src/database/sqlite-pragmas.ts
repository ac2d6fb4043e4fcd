/** Longest wait for another process's write lock, in milliseconds; better-sqlite3 blocks the event loop meanwhile. */
export const BUSY_TIMEOUT_MS = 250;

/** Of each of a process's three connections; what is not in it is read from the operating system's cache. */
const CACHE_KIB = 16 * 1_024;

type Pragma = readonly [name: string, value: string, readBack: string];

/**
 * `better-sqlite3` is compiled so that a file already in WAL mode re-opens with `synchronous = NORMAL`, which loses
 * acknowledged writes at a power cut. So each is set at every open, and read back.
 */
const PRAGMAS: readonly Pragma[] = [
  ["busy_timeout", String(BUSY_TIMEOUT_MS), String(BUSY_TIMEOUT_MS)],
  ["journal_mode", "WAL", "wal"],
  ["synchronous", "FULL", "2"],
  ["foreign_keys", "ON", "1"],
  ["secure_delete", "ON", "1"],
  ["temp_store", "MEMORY", "2"],
  ["cache_size", String(-CACHE_KIB), String(-CACHE_KIB)],
];

/** For a connection that must not write. */
export const QUERY_ONLY: Pragma = ["query_only", "ON", "1"];

/**
 * Sets a new connection's pragmas by what runs one and gives the value that it answers, if any.
 * @throws {Error} when SQLite did not take one
 */
export async function setPragmas(run: (pragma: string) => unknown, more: readonly Pragma[] = []): Promise<void> {
  for (const [name, value, expected] of [...PRAGMAS, ...more]) {
    await run(`${name} = ${value}`);
    const found = String(await run(name));
    if (found !== expected) throw new Error(`SQLite did not accept PRAGMA ${name} = ${value}: it is ${found}`);
  }
}
