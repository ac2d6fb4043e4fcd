import { constants, createReadStream } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import type { AuditAnchor } from "./audit-anchor.ts";

/** A second place for anchors, which whoever writes to the database does not reach. */
export type AnchorSink = {
  /** Durable when it resolves. */
  append(anchors: readonly AuditAnchor[]): Promise<void>;
};

/** NONBLOCK: a pipe that nobody reads fails instead of holding a thread. NOFOLLOW: not through a link laid by another. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/**
 * An append-only file of anchors, a JSON object a line; made with mode 0600, and so is its folder, which nothing else may
 * need. Opened for each writing: it may be moved away.
 */
export function createHeadsFile(file: string): AnchorSink {
  return {
    append: async (anchors) => {
      const handle = await openOrMake(file);
      try {
        const lines = anchors.map((anchor) => `${JSON.stringify(anchor)}\n`).join("");
        await handle.appendFile((await isTorn(file)) ? `\n${lines}` : lines);
        await syncIfRegular(handle);
      } finally {
        await handle.close();
      }
    },
  };
}

async function openOrMake(file: string): Promise<FileHandle> {
  try {
    return await open(file, FLAGS, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    return open(file, FLAGS, 0o600);
  }
}

/** Whether a full disk or a crash has cut its last line off: what is added to that would be lost with it. */
async function isTorn(file: string): Promise<boolean> {
  // NONBLOCK: of a pipe nothing is read.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
  if (handle === null) return false;
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size === 0) return false;
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, stats.size - 1);
    return buffer.toString() !== "\n";
  } finally {
    await handle.close();
  }
}

async function syncIfRegular(handle: FileHandle): Promise<void> {
  if ((await handle.stat()).isFile()) await handle.datasync();
}

/** A line of the file: an anchor as it says, whose signature nobody has looked at; null for what is no anchor. */
export function parseAnchorLine(line: string): AuditAnchor | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const { chainId, kind, sequence, mac, createdAt, signature } = (value ?? {}) as Record<string, unknown>;
  const texts = [chainId, kind, mac, createdAt, signature];
  if (!texts.every((text) => typeof text === "string") || !Number.isInteger(sequence)) return null;
  const time = new Date(createdAt as string);
  return Number.isNaN(time.getTime()) ? null : ({ chainId, kind, sequence, mac, createdAt: time, signature } as AuditAnchor);
}

/** The lines of the file in their order; none when there is no such file. */
export async function* readHeadsFile(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file, "utf8");
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) yield line;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  } finally {
    stream.destroy();
  }
}
