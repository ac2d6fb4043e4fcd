import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import path from "node:path";

const SOURCE = path.join(import.meta.dirname, "store-disk.c");

export type StoreDisk = {
  /** The folder that lies on this disk. */
  readonly dataDir: string;
  /** What a process is started with so that it works on this disk. */
  readonly environment: Readonly<Record<string, string>>;
  /** The power went: only what was synced is left. Nobody may have the files open. */
  cut(): void;
  /** From now on writes fail with the error, until they are mended by `null`. */
  fail(error: "ENOSPC" | "EIO" | "EROFS" | null): void;
  remove(): void;
};

/**
 * A folder on a disk that can lose its power or fail. It is played by a library in front of libc, so it needs no rights,
 * but `cc`; a power cut is proven to lose what was not synced by `power-cut.fault.ts`.
 */
export function createStoreDisk(): StoreDisk {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), "postern-disk-")));
  const [library, dataDir, image, failure] = ["disk.so", "data", "image", "failure"].map((name) => path.join(root, name)) as [
    string,
    string,
    string,
    string,
  ];
  execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"]);
  for (const folder of [dataDir, image]) mkdirSync(folder, { mode: 0o700 });
  const setFailure = (errno: number) => writeFileSync(failure, Buffer.from(Int32Array.of(errno).buffer), { flag: "r+" });
  writeFileSync(failure, Buffer.alloc(4));
  return {
    dataDir,
    environment: {
      LD_PRELOAD: library,
      STORE_DISK_FOLDER: dataDir,
      STORE_DISK_IMAGE: image,
      STORE_DISK_FAILURE: failure,
    },
    cut: () => {
      rmSync(dataDir, { recursive: true });
      cpSync(image, dataDir, { recursive: true });
    },
    fail: (error) => setFailure(error === null ? 0 : constants.errno[error]),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
