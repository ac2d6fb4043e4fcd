import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export type FakedClock = {
  /** What a process is started with so that its clock is this one. */
  readonly environment: Readonly<Record<string, string>>;
  /** Sets it, so far off the machine's, for every process that goes by it: `+1h`, `-1d`, `+10y`, `+0`. */
  set(offset: string): void;
  remove(): void;
};

/** libfaketime, wherever the distribution has it. */
function findLibrary(): string {
  const places = ["/usr/lib", ...readdirSync("/usr/lib").map((name) => path.join("/usr/lib", name))];
  const found = places.map((place) => path.join(place, "faketime/libfaketimeMT.so.1")).find((file) => existsSync(file));
  if (found === undefined) throw new Error("libfaketime is not installed (package faketime).");
  return found;
}

/** A clock that may be set while processes run by it. Timers go on as they are: what they count is never set. */
export function createFakedClock(offset = "+0"): FakedClock {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-clock-"));
  const file = path.join(folder, "offset");
  const set = (text: string) => {
    writeFileSync(`${file}.new`, `${text}\n`);
    renameSync(`${file}.new`, file);
  };
  set(offset);
  return {
    environment: {
      LD_PRELOAD: findLibrary(),
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    },
    set,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
