import { randomUUID } from "node:crypto";
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { KeyRingError, parseRing, type RingContent, serializeRing } from "./ring-content.ts";

const OTHERS_ACCESS = 0o077;
const OWNER_ONLY = 0o600;

/** What tells one state of the file from another. */
export type FileStamp = string;

function stampOf({ ino, mtimeNs, ctimeNs, size }: { ino: bigint; mtimeNs: bigint; ctimeNs: bigint; size: bigint }): FileStamp {
  return `${ino}:${mtimeNs}:${ctimeNs}:${size}`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}

/** The stamp of the file as it is now; null when there is none. */
export function stampRingFile(file: string): FileStamp | null {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? null : stampOf(stats);
}

/** The ring in a file; null when there is none. @throws {KeyRingError} when others may read it or it is not sound. */
export function readRingFile(
  file: string,
): { readonly content: RingContent; readonly stamp: FileStamp; readonly changedAt: Date } | null {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw new KeyRingError(`${file}: cannot be read (${codeOf(error)})`);
  }
  try {
    // Of the open file, not of the path: what is checked is what is read.
    const stats = fstatSync(descriptor, { bigint: true });
    if (!stats.isFile()) throw new KeyRingError(`${file}: is not a file`);
    const mode = Number(stats.mode) & 0o777;
    if ((mode & OTHERS_ACCESS) !== 0) {
      throw new KeyRingError(`${file}: others than its owner may use it (mode ${mode.toString(8)}); make it 600`);
    }
    const content = parseRing(readFileSync(descriptor, "utf8"), file);
    return { content, stamp: stampOf(stats), changedAt: stats.mtime };
  } finally {
    closeSync(descriptor);
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/**
 * Writes beside the file and puts it in place whole: nobody ever reads half a ring, and no crash leaves one. The name beside it
 * is nobody else's: nodes in containers share the folder, and each of them is process 1.
 */
function place(file: string, content: RingContent, put: (temporary: string) => void): void {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    writeFileSync(temporary, serializeRing(content), { mode: OWNER_ONLY, flag: "wx", flush: true });
    put(temporary);
    syncFolder(path.dirname(file));
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw error;
    throw new KeyRingError(`${file}: cannot be written (${codeOf(error)})`);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Makes the file, unless another process has made it meanwhile: then that one stands and false is the answer. */
export function createRingFile(file: string, content: RingContent): boolean {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  try {
    place(file, content, (temporary) => linkSync(temporary, file));
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** Puts a changed ring in the file's place. @throws {KeyRingError} when another process is changing it. */
export function replaceRingFile(file: string, change: (content: RingContent) => RingContent): void {
  const lock = `${file}.lock`;
  takeLock(lock);
  try {
    const found = readRingFile(file);
    if (found === null) throw new KeyRingError(`${file}: is missing`);
    place(file, change(found.content), (temporary) => renameSync(temporary, file));
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Deletes the file, unless `check` throws. @throws {KeyRingError} when another process is changing it. */
export function retireRingFile(file: string, check: (content: RingContent) => void): void {
  const lock = `${file}.lock`;
  takeLock(lock);
  try {
    const found = readRingFile(file);
    if (found !== null) check(found.content);
    rmSync(file, { force: true });
    syncFolder(path.dirname(file));
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Two changes at once would lose a key, and with it all that was sealed under it. A dead process's lock is taken over. */
function takeLock(lock: string): void {
  try {
    makeLock(lock);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw new KeyRingError(`${lock}: cannot be written (${codeOf(error)})`);
    if (mayBeHeld(readFileSync(lock, "utf8")))
      throw new KeyRingError(`${lock}: another command is changing the key ring (delete it if none is)`);
    writeFileSync(lock, holderHere(), { mode: OWNER_ONLY });
  }
}

/** A lock that a full disk left empty would be nobody's, and for good. */
function makeLock(lock: string): void {
  const descriptor = openSync(lock, "wx", OWNER_ONLY);
  try {
    writeSync(descriptor, holderHere());
  } catch (error) {
    rmSync(lock, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** What a lock says of its holder. A process's number means nothing on another machine, or in another container. */
function holderHere(): string {
  return `${process.pid} ${hostname()}`;
}

/** A change is made in one go, so this process's own number is that of one before it: a container's is always 1. */
function mayBeHeld(holder: string): boolean {
  const [id, machine] = holder.split(" ");
  return machine !== hostname() || (Number(id) !== process.pid && isAlive(Number(id)));
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}
