import { z } from "zod";
import { migrationsFolder, readMigrations } from "../database/migrations.ts";
import { BackupError } from "./backup-error.ts";

const passphraseCost = z.object({
  kind: z.literal("passphrase"),
  salt: z.string(),
  memoryKib: z.number(),
  passes: z.number(),
  lanes: z.number(),
});
const ringSealed = z.object({ kind: z.literal("ring"), keyId: z.string(), wrappedKey: z.string(), ciphertext: z.string() });

const headerSchema = z.object({
  id: z.string().min(1).max(64),
  createdAt: z.iso.datetime(),
  migrations: z.array(z.string()),
  /** What the file is encrypted to: a passphrase, or the key ring of the store itself. */
  protection: z.discriminatedUnion("kind", [passphraseCost, ringSealed]),
  /** Whether credentials are sealed by a key in the file, so that another key ring can take them over. */
  isPortable: z.boolean(),
});

/** What stands in front of a backup in the clear; the first piece of the content is bound to it. */
export type BackupHeader = z.output<typeof headerSchema>;
export type Protection = BackupHeader["protection"];

/** The migrations that this build's stores have. */
export function knownMigrations(): string[] {
  return readMigrations(migrationsFolder("sqlite")).map(({ name }) => name);
}

/** Reads a header. @throws {BackupError} */
export function parseHeader(text: string): BackupHeader {
  try {
    return headerSchema.parse(JSON.parse(text));
  } catch {
    throw new BackupError("The file's head is damaged: it is no backup of Postern, or not whole.");
  }
}

/** @throws {BackupError} when a store of this build has other tables than the backup */
export function requireSameMigrations({ migrations }: BackupHeader): void {
  const known = knownMigrations();
  if (migrations.length === known.length && migrations.every((name, place) => name === known[place])) return;
  const last = migrations.at(-1) ?? "none";
  throw new BackupError(
    `The backup is of another version of Postern (its last migration is ${last}): restore it there, then upgrade.`,
  );
}
