import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { GatewayError } from "../errors.ts";

/** True for a password that is in the list. @throws {GatewayError} UNAVAILABLE when the list cannot be read now */
export type IsBlocked = (password: string) => Promise<boolean>;

/** A SHA-1 digest in hex, and how often its password was found, as the downloads of Have I Been Pwned have it. */
const LINE = /^[0-9A-Fa-f]{40}(:\d{1,20})?\r?$/;
const DIGEST_CHARACTERS = 40;
/** More than the longest line takes, with its end. */
const MOST_LINE_BYTES = 64;
/** What is read and looked through at once, when no less is left. */
const BLOCK_BYTES = 4_096;

/** The file that tens of gigabytes may be in, read by places. */
type Reader = (place: number, bytes: number) => Promise<string>;

/**
 * What keeps a file from being a list of leaked passwords, or null: one SHA-1 digest a line, in ascending order. Looks at its
 * beginning alone.
 */
export function findBlocklistFault(file: string): string | null {
  const block = Buffer.alloc(BLOCK_BYTES);
  let length = 0;
  try {
    const descriptor = openSync(file, "r");
    try {
      length = readSync(descriptor, block, 0, BLOCK_BYTES, 0);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`;
  }
  const lines = block.toString("latin1", 0, length).split("\n");
  // The last one is cut off, or empty behind the end of the one before.
  const whole = length < BLOCK_BYTES && lines.at(-1) !== "" ? lines : lines.slice(0, -1);
  const digests = whole.map(digestOf);
  const isInOrder = digests.every((digest, index) => index === 0 || digest > String(digests[index - 1]));
  if (whole.length === 0 || !whole.every((line) => LINE.test(line)) || !isInOrder) {
    return `${file} is no list of SHA-1 digests in hex, one a line and in ascending order`;
  }
  return null;
}

/** A look-up in the file by halving it: some thirty short reads, whatever its size. Whoever replaces the file needs no restart. */
export function createBlocklist(file: string): IsBlocked {
  return async (password) => {
    // biome-ignore lint/plugin: the published lists are of SHA-1; it finds a line in them and protects nothing
    const digest = createHash("sha1").update(password).digest("hex").toUpperCase();
    let handle: FileHandle | null = null;
    try {
      handle = await open(file, "r");
      const { size } = await handle.stat();
      return await isListed(readerOf(handle), size, digest);
    } catch (cause) {
      throw new GatewayError("UNAVAILABLE", "The list of leaked passwords cannot be read just now. Try again.", { cause });
    } finally {
      await handle?.close();
    }
  };
}

function readerOf(handle: FileHandle): Reader {
  return async (place, bytes) => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, place);
    return buffer.toString("latin1", 0, bytesRead);
  };
}

/** In upper case, as digests are compared. */
function digestOf(line: string): string {
  return line.slice(0, DIGEST_CHARACTERS).toUpperCase();
}

async function isListed(read: Reader, size: number, digest: string): Promise<boolean> {
  // The line begins at `from`, where one does, or behind, and before `before`.
  let [from, before] = [0, size];
  while (before - from > BLOCK_BYTES) {
    const middle = from + Math.floor((before - from) / 2);
    const text = await read(middle, 2 * MOST_LINE_BYTES);
    const begin = text.indexOf("\n") + 1;
    const [line = ""] = text.slice(begin).split("\n", 1);
    if (begin === 0 || !LINE.test(line)) throw new Error("The list has a line that is no digest.");
    if (digestOf(line) <= digest) from = middle + begin;
    else before = middle + 1;
  }
  const lines = (await read(from, before - from + MOST_LINE_BYTES)).split("\n");
  return lines.map(digestOf).includes(digest);
}
