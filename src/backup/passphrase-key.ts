import { randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { hashRaw } from "@node-rs/argon2";
import { BackupError } from "./backup-error.ts";

/** How a key was made from a passphrase: Argon2id's salt and cost. */
export type PassphraseCost = {
  readonly salt: string;
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
};

/** 128 MiB and four passes: a backup is opened rarely, and by whoever has its file guessed at leisure. */
const COST = { memoryKib: 131_072, passes: 4, lanes: 1 } as const;
/** A header from elsewhere asks for no less, and for nothing that would stall the machine. */
const BOUNDS = { leastMemoryKib: 65_536, mostMemoryKib: 1_048_576, mostPasses: 16, mostLanes: 16 } as const;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
const LEAST_CHARACTERS = 12;
const OTHERS_ACCESS = 0o077;

/** The first line of a file that its owner alone may read. @throws {BackupError} */
export function readSecretLine(file: string): string {
  try {
    if ((statSync(file).mode & OTHERS_ACCESS) !== 0) throw new Error("others than its owner may use it; make it 600");
    return readFileSync(file, "utf8").split(/\r?\n/)[0] ?? "";
  } catch (error) {
    throw new BackupError(`${file}: ${error instanceof Error ? error.message : "cannot be read"}`);
  }
}

/** A passphrase from such a file. @throws {BackupError} also for one that is too short */
export function readPassphraseFile(file: string): string {
  const text = readSecretLine(file);
  if ([...text].length < LEAST_CHARACTERS)
    throw new BackupError(`${file}: a passphrase has at least ${LEAST_CHARACTERS} characters`);
  return text;
}

/** The cost of a new key, with a salt of its own. */
export function newPassphraseCost(): PassphraseCost {
  return { salt: randomBytes(SALT_BYTES).toString("base64url"), ...COST };
}

/** The key of a passphrase. @throws {BackupError} for a cost out of bounds, before anything is computed */
export function derivePassphraseKey(passphrase: string, { salt, memoryKib, passes, lanes }: PassphraseCost): Promise<Buffer> {
  const bytes = Buffer.from(salt, "base64url");
  const isWithin = (value: number, least: number, most: number) => Number.isInteger(value) && value >= least && value <= most;
  const isSound =
    bytes.length === SALT_BYTES &&
    isWithin(memoryKib, BOUNDS.leastMemoryKib, BOUNDS.mostMemoryKib) &&
    isWithin(passes, 1, BOUNDS.mostPasses) &&
    isWithin(lanes, 1, BOUNDS.mostLanes);
  if (!isSound) throw new BackupError("The backup's head asks for a key that Postern does not make.");
  // Argon2id is the library's default.
  return hashRaw(passphrase.normalize("NFC"), {
    salt: bytes,
    memoryCost: memoryKib,
    timeCost: passes,
    parallelism: lanes,
    outputLen: KEY_BYTES,
  });
}
