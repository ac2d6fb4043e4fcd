import { randomUUID } from "node:crypto";
import { type FileHandle, link, lstat, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { isIntegrityError } from "../errors.ts";
import { createStreamOpener, createStreamSealer, PIECE_OVERHEAD_BYTES, STREAM_HEAD_BYTES } from "../keys/sealed-stream.ts";
import { BackupError } from "./backup-error.ts";
import { type BackupHeader, parseHeader } from "./backup-header.ts";

/*
 * A backup: a line that names the format, the header as one line of JSON, the head of the stream, then pieces, each behind
 * its length in four bytes. The first piece is bound to the header, the last one says that it is the last.
 */

const FORMAT_LINE = "postern-backup 1\n";
const PIECE_BYTES = 64 * 1024;
const LONGEST_HEADER_BYTES = 64 * 1024;

/**
 * Writes a backup of the lines, whole or not at all; `onWritten` is waited for before it stands under its name.
 * @throws {BackupError} when the file is there already
 */
export async function writeBackupFile(
  file: string,
  header: BackupHeader,
  key: Uint8Array,
  lines: AsyncIterable<string>,
  onWritten: () => Promise<void>,
): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  await requireAbsent(file);
  const refuse = (error: unknown) => {
    throw error instanceof BackupError ? error : new BackupError(`${file}: cannot be written (${codeOf(error)})`);
  };
  const handle = await open(temporary, "wx", 0o600).catch(refuse);
  try {
    await writePieces((bytes) => handle.writeFile(bytes).catch(refuse), JSON.stringify(header), key, lines);
    await handle.sync().catch(refuse);
    await handle.close();
    await onWritten();
    await putInPlace(temporary, file).catch(refuse);
    const folder = await open(path.dirname(file), "r");
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Of the name itself: a link that leads nowhere, or a file that we may not read, is somebody's too. */
async function requireAbsent(file: string): Promise<void> {
  const found = await lstat(file).catch(() => null);
  if (found === null) return;
  throw isThere(file);
}

function isThere(file: string): BackupError {
  return new BackupError(`${file}: is there already; a backup replaces nothing`);
}

/** What file systems say that have no second names for a file. */
const WITHOUT_LINKS: readonly string[] = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"];

/** Gives the file its name, unless another backup has taken it meanwhile: a rename would replace that one. */
async function putInPlace(temporary: string, file: string): Promise<void> {
  try {
    await link(temporary, file);
    await rm(temporary);
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw isThere(file);
    if (!WITHOUT_LINKS.includes(codeOf(error))) throw error;
    await requireAbsent(file);
    await rename(temporary, file);
  }
}

type Write = (bytes: string | Uint8Array) => Promise<void>;

async function writePieces(write: Write, header: string, key: Uint8Array, lines: AsyncIterable<string>): Promise<void> {
  const sealer = createStreamSealer(key);
  await write(`${FORMAT_LINE}${header}\n`);
  await write(sealer.head);
  let bound: Buffer | null = Buffer.from(header);
  const writePiece = async (piece: Buffer, isLast: boolean) => {
    const sealed = sealer.seal(piece, bound, isLast);
    bound = null;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(sealed.length);
    await write(Buffer.concat([length, sealed]));
  };
  let pending: Buffer[] = [];
  let size = 0;
  for await (const line of lines) {
    const bytes = Buffer.from(`${line}\n`);
    pending.push(bytes);
    size += bytes.length;
    if (size < PIECE_BYTES) continue;
    let all = Buffer.concat(pending);
    for (; all.length >= PIECE_BYTES; all = all.subarray(PIECE_BYTES)) await writePiece(all.subarray(0, PIECE_BYTES), false);
    pending = [all];
    size = all.length;
  }
  await writePiece(Buffer.concat(pending), true);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}

/** An open backup, of which the header is read and nothing is believed. */
export type BackupReader = {
  readonly header: BackupHeader;
  /**
   * The lines, each as soon as its piece is opened. Only when the iteration ends, the backup was whole.
   * @throws {BackupError} for what was changed, cut, lengthened, or a wrong key
   */
  lines(key: Uint8Array): AsyncIterable<string>;
};

/** Opens a backup; every call of `lines` reads it from the start. @throws {BackupError} */
export async function openBackupFile(file: string): Promise<BackupReader> {
  const refuse = (error: unknown) => {
    throw new BackupError(`${file}: cannot be read (${codeOf(error)})`);
  };
  const handle = await open(file, "r").catch(refuse);
  try {
    const start = Buffer.alloc(FORMAT_LINE.length + LONGEST_HEADER_BYTES);
    const { bytesRead } = await handle.read(start, 0, start.length, 0).catch(refuse);
    const read = start.subarray(0, bytesRead);
    const end = read.indexOf("\n", FORMAT_LINE.length);
    if (!read.subarray(0, FORMAT_LINE.length).equals(Buffer.from(FORMAT_LINE)) || end < 0) {
      throw new BackupError(`${file}: is no backup of Postern, or its head is damaged`);
    }
    const text = read.subarray(FORMAT_LINE.length, end).toString();
    return { header: parseHeader(text), lines: (key) => readLines(file, end + 1, Buffer.from(text), key) };
  } finally {
    await handle.close();
  }
}

async function* readLines(file: string, start: number, header: Buffer, key: Uint8Array): AsyncIterable<string> {
  const handle = await open(file, "r");
  let rest = Buffer.alloc(0);
  try {
    for await (const piece of openPieces(handle, start, header, key)) {
      rest = Buffer.concat([rest, piece]);
      for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
        yield rest.subarray(0, end).toString();
        rest = rest.subarray(end + 1);
      }
    }
  } catch (error) {
    if (isIntegrityError(error)) throw damaged(file);
    throw error;
  } finally {
    await handle.close();
  }
  if (rest.length > 0) throw damaged(file);
}

function damaged(file: string): BackupError {
  return new BackupError(`${file}: the key does not open it: a wrong passphrase, or the file was changed or cut`);
}

async function* openPieces(handle: FileHandle, start: number, header: Buffer, key: Uint8Array): AsyncIterable<Buffer> {
  let place = start;
  const readExactly = async (length: number): Promise<Buffer> => {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await handle.read(bytes, 0, length, place);
    place += bytesRead;
    return bytes.subarray(0, bytesRead);
  };
  const opener = createStreamOpener(key, await readExactly(STREAM_HEAD_BYTES));
  let bound: Buffer | null = header;
  for (let isLast = false; !isLast; bound = null) {
    const length = await readExactly(4);
    const size = length.length === 4 ? length.readUInt32BE() : 0;
    // A length out of bounds reads nothing, and nothing never opens.
    const sealed = await readExactly(size <= PIECE_BYTES + PIECE_OVERHEAD_BYTES ? size : 0);
    const opened = opener.open(sealed, bound);
    isLast = opened.isLast;
    // What follows the last piece was never sealed.
    if (isLast && (await readExactly(1)).length > 0) opener.open(Buffer.alloc(0), null);
    yield opened.piece;
  }
}
