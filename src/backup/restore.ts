import { userInfo } from "node:os";
import type { AuditAnchor } from "../audit/audit-anchor.ts";
import { systemActor } from "../audit/audit-event.ts";
import type { SealedAuditKey } from "../audit/audit-key.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { AuditSecret } from "../audit/audit-secret.ts";
import type { AnchorSink } from "../audit/heads-file.ts";
import { markFork } from "../audit/trail-fork.ts";
import type { Config } from "../config.ts";
import type { Database } from "../database/database.ts";
import { loadTables } from "../database/table-loader.ts";
import { openTableSnapshot } from "../database/table-snapshot.ts";
import type { Clock } from "../identifiers.ts";
import { createEnvelope, type RemoteKeys } from "../keys/envelope.ts";
import { type StoredKeyCheck, verifyKeyChecks } from "../keys/key-check.ts";
import { joinRings, type KeyRing, openPassingRing } from "../keys/key-ring.ts";
import { backupKeyContext } from "./backup.ts";
import { readContent } from "./backup-content.ts";
import { BackupError } from "./backup-error.ts";
import { type BackupReader, openBackupFile } from "./backup-file.ts";
import { requireSameMigrations } from "./backup-header.ts";
import { derivePassphraseKey } from "./passphrase-key.ts";
import { isReplaced, PORTABLE_TABLES } from "./portable-tables.ts";
import { bytesOf, createRowRewrapping } from "./row-rewrapping.ts";

export type RestoreStore = {
  readonly config: Pick<Config, "DATABASE_URL" | "DATA_DIR" | "auditHeadsFile">;
  readonly database: Database;
  readonly ring: KeyRing;
  readonly remoteKeys: RemoteKeys | null;
  readonly audit: AuditLog;
  /** What the audit trail is signed with, and where beside the store. */
  readonly secret: AuditSecret;
  readonly sink: AnchorSink;
  readonly clock: Clock;
};

/** What a restore looks at before it writes, from the tables that prove whether the keys fit. */
export type BackedUpKeys = {
  readonly checks: readonly StoredKeyCheck[];
  /** The sealed secret of the audit chains; null in a portable backup. */
  readonly auditKey: SealedAuditKey | null;
};

export type RestoreReport = { readonly id: string; readonly rows: number; readonly unreadable: number };

/** A backup that was read to its end and found whole. */
export type VerifiedBackup = BackedUpKeys & { readonly reader: BackupReader; readonly key: Buffer };

/**
 * Reads a whole backup and believes nothing before its end: the store is not needed for it, and not touched.
 * @throws {BackupError} for what is damaged, of another version, or does not open
 */
export async function verifyBackup(
  file: string,
  passphrase: string | null,
  { ring, remoteKeys }: Pick<RestoreStore, "ring" | "remoteKeys">,
): Promise<VerifiedBackup> {
  const reader = await openBackupFile(file);
  requireSameMigrations(reader.header);
  const key = await openKey(reader, passphrase, ring, remoteKeys);
  const checks: StoredKeyCheck[] = [];
  let auditKey: SealedAuditKey | null = null;
  await readContent(reader.lines(key), {
    onRows: async (table, columns, rows) => {
      for (const row of rows) {
        const text = (name: string) => String(row[columns.indexOf(name)]);
        const bytes = (name: string) => bytesOf(row[columns.indexOf(name)]);
        if (table === "KeyCheck") checks.push({ keyId: text("keyId"), check: bytes("check") });
        if (table !== "AuditKey") continue;
        const sealed = { keyId: text("keyId"), wrappedKey: bytes("wrappedKey"), ciphertext: bytes("ciphertext") };
        auditKey = { id: text("id"), publicKey: text("publicKey"), ...sealed };
      }
    },
  });
  return { reader, key, checks, auditKey };
}

async function openKey(
  { header: { id, protection } }: BackupReader,
  passphrase: string | null,
  ring: KeyRing,
  remoteKeys: RemoteKeys | null,
): Promise<Buffer> {
  if (protection.kind === "passphrase") {
    if (passphrase === null) throw new BackupError("The backup is encrypted to a passphrase: give it with --passphrase-file.");
    return derivePassphraseKey(passphrase, protection);
  }
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64url"));
  const { keyId, wrappedKey, ciphertext } = protection;
  try {
    const sealed = { keyId, wrappedKey: bytes(wrappedKey), ciphertext: bytes(ciphertext) };
    return await createEnvelope(ring, remoteKeys).open(backupKeyContext(id), sealed);
  } catch (error) {
    throw new BackupError("The key ring is not the one that the backup was made with, or the file's head was changed.", {
      cause: error,
    });
  }
}

/**
 * Puts a backup in the place of what the store holds, in one transaction, and records it in the audit trail: there the
 * trail forks from what happened after the backup.
 * @throws {BackupError | KeyRingError} before anything is changed
 */
export async function restoreBackup(store: RestoreStore, verified: VerifiedBackup, isForced: boolean): Promise<RestoreReport> {
  const { config, database, ring, remoteKeys } = store;
  const { header } = verified.reader;
  if (!header.isPortable) await verifyKeyChecks(ring, verified.checks, remoteKeys);
  if (!isForced && (await isInUse(database))) {
    throw new BackupError("The store holds users or credentials already. Stop the gateways, and say --force to replace them.");
  }
  const snapshot = await openTableSnapshot(config);
  const tables = snapshot.tables.map(({ name }) => name);
  await snapshot.close();
  return load(store, verified, tables);
}

async function load(
  { config, database, ring, remoteKeys, audit, secret, sink, clock }: RestoreStore,
  { reader, key }: VerifiedBackup,
  tables: readonly string[],
): Promise<RestoreReport> {
  const { id, isPortable, createdAt } = reader.header;
  let [rows, unreadable] = [0, 0];
  let marks: readonly AuditAnchor[] = [];
  await loadTables(database, async (loader, transaction) => {
    await loader.clear(tables.filter((table) => isReplaced(table, isPortable)));
    let rewrapping: ReturnType<typeof createRowRewrapping> | null = null;
    await readContent(reader.lines(key), {
      onKeys: (text) => {
        rewrapping = createRowRewrapping(createEnvelope(joinRings(ring, openPassingRing(text)), remoteKeys));
      },
      onRows: async (table, columns, batch) => {
        if (isPortable && !PORTABLE_TABLES.has(table)) throw new BackupError(`A portable backup has no table ${table}.`);
        await loader.insert(table, columns, rewrapping === null ? batch : await rewrapping.rewrap(table, columns, batch));
        rows += batch.length;
      },
    });
    unreadable = (rewrapping as ReturnType<typeof createRowRewrapping> | null)?.unreadable() ?? 0;
    // A portable backup has no trail: the store's own goes on.
    if (!isPortable) marks = await markFork({ database, secret, headsFile: config.auditHeadsFile, clock }, transaction);
    await audit.append(transaction, {
      actor: systemActor("restore-command"),
      action: "BACKUP_RESTORED",
      target: { type: "Backup", id },
      details: { backupCreatedAt: createdAt, isPortable, rows, by: accountName(), chainsGivenUp: marks.length },
    });
  });
  // Once the restore stands: before, the marks would excuse what was not given up.
  await sink.append(marks);
  return { id, rows, unreadable };
}

/** Who runs the command, as the system calls them. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "unknown"); // an account without a name, as in a container
  }
}

async function isInUse({ client }: Database): Promise<boolean> {
  return (await client.user.count()) > 0 || (await client.credential.count()) > 0;
}
