import { parseArgs } from "node:util";
import type { LoginCredentials } from "../access/session.service.ts";
import { anonymousViewer } from "../access/viewer.ts";
import { systemActor } from "../audit/audit-event.ts";
import { openAuditSecret, unsealAuditKey } from "../audit/audit-key.ts";
import { createAuditLog } from "../audit/audit-log.ts";
import { createHeadsFile } from "../audit/heads-file.ts";
import { type BackupReport, createBackup } from "../backup/backup.ts";
import { BackupError } from "../backup/backup-error.ts";
import { readPassphraseFile, readSecretLine } from "../backup/passphrase-key.ts";
import { restoreBackup, type VerifiedBackup, verifyBackup } from "../backup/restore.ts";
import type { Config } from "../config.ts";
import { type Database, openDatabase } from "../database/database.ts";
import { createKeyCheckRepository } from "../database/key-check.repository.ts";
import { makeId, systemClock } from "../identifiers.ts";
import { createEnvelope, type RemoteKeys } from "../keys/envelope.ts";
import { openRingForRestore, startKeyRing, verifyKeyChecks } from "../keys/key-check.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import { KeyRingError } from "../keys/ring-content.ts";
import { createRemoteKeys } from "../remote-keys.ts";
import type { Services } from "../services.ts";
import { type ExitCode, USAGE_ERROR } from "./usage-error.ts";

type Print = (line: string) => void;

const BACKUP_USAGE = `Usage: npm run backup -- --to FILE (--passphrase-file FILE | --without-keys) [--portable --as USER --password-file FILE [--code CODE]]
  --passphrase-file  encrypts the backup to the passphrase in the file's first line
  --without-keys     encrypts it to the store's own key ring
  --portable         credentials can be taken over by another key ring; an administrator proves who they are,
                     by a code of their authenticator app too where they have one`;

const RESTORE_USAGE = `Usage: npm run restore -- --from FILE [--passphrase-file FILE] [--force]
  --force  replaces what the store holds; stop the gateways before`;

/** Runs `npm run backup`, beside running gateways. */
export async function runBackupCommand(
  args: readonly string[],
  { open, print }: { readonly open: () => Promise<Services>; readonly print: Print },
): Promise<ExitCode> {
  const options = parse(args, ["to", "passphrase-file", "as", "password-file", "code"], ["without-keys", "portable"]);
  const {
    to: file,
    "passphrase-file": passphraseFile,
    as: username,
    "password-file": passwordFile,
    code,
  } = options?.values ?? {};
  const isPortable = options?.flags.has("portable") === true;
  const isSound =
    file !== undefined &&
    (passphraseFile !== undefined) !== (options?.flags.has("without-keys") === true) &&
    (!isPortable || (passphraseFile !== undefined && username !== undefined && passwordFile !== undefined)) &&
    (isPortable || (username === undefined && passwordFile === undefined && code === undefined));
  if (!isSound) return usage(print, BACKUP_USAGE);
  return refusing(print, async () => {
    const passphrase = passphraseFile === undefined ? null : readPassphraseFile(passphraseFile);
    const services = await open();
    const password = isPortable ? readSecretLine(passwordFile ?? "") : "";
    if (isPortable) await requireAdministrator(services, { username: username ?? "", password, code });
    const store = { ...services, clock: systemClock };
    const onWritten = ({ id, rows }: BackupReport) =>
      services.audit.record({
        actor: systemActor("backup-command"),
        action: "BACKUP_CREATED",
        target: { type: "Backup", id },
        details: { isPortable, rows, ...(username !== undefined && { administrator: username }) },
      });
    const { rows, unreadable } = await createBackup(store, { file, passphrase, isPortable, onWritten });
    print(`${file}: ${rows} rows${unreadable > 0 ? `, ${unreadable} of them unreadable before already` : ""}`);
    return 0;
  });
}

/** Runs `npm run restore`, on a store that no gateway uses. */
export async function runRestoreCommand(
  args: readonly string[],
  { config, print }: { readonly config: Config; readonly print: Print },
): Promise<ExitCode> {
  const options = parse(args, ["from", "passphrase-file"], ["force"]);
  const { from: file, "passphrase-file": passphraseFile } = options?.values ?? {};
  if (options === null || file === undefined) return usage(print, RESTORE_USAGE);
  return refusing(print, async () => {
    const passphrase = passphraseFile === undefined ? null : readPassphraseFile(passphraseFile);
    const remoteKeys = createRemoteKeys(config);
    const held = openRingForRestore({ file: config.keyRingFile, json: config.KEY_RING });
    const verified = await verifyBackup(file, passphrase, { ring: held, remoteKeys });
    const database = await openDatabase(config);
    try {
      const keys = { database, held, remoteKeys, config };
      const { rows, unreadable } = await restoreInto(keys, verified, options.flags.has("force"));
      print(`${rows} rows restored${unreadable > 0 ? `, ${unreadable} of them unreadable` : ""}; everybody signs in again`);
      return 0;
    } finally {
      await database.close();
    }
  });
}

type RestoreTarget = {
  readonly database: Database;
  readonly held: KeyRing;
  readonly remoteKeys: RemoteKeys | null;
  readonly config: Config;
};

/** Restores with an audit log of its own: the trail goes on in a chain that begins with the restore. */
async function restoreInto({ database, held, remoteKeys, config }: RestoreTarget, verified: VerifiedBackup, isForced: boolean) {
  const { isPortable } = verified.reader.header;
  const location = { file: config.keyRingFile, json: config.KEY_RING };
  const clock = systemClock;
  const checks = createKeyCheckRepository(database, clock);
  // A portable backup's credentials are taken over by the store's own ring, which a first start makes.
  const ring = isPortable ? await startKeyRing(location, checks, { remote: remoteKeys }) : held;
  if (!isPortable) await verifyKeyChecks(ring, verified.checks, remoteKeys);
  const envelope = createEnvelope(ring, remoteKeys);
  const secret =
    verified.auditKey === null
      ? await openAuditSecret({ database, envelope, makeId, clock })
      : await unsealAuditKey(envelope, verified.auditKey);
  const sink = createHeadsFile(config.auditHeadsFile);
  const audit = createAuditLog({ database, secret, makeId, clock, sink });
  try {
    return await restoreBackup({ config, database, ring, remoteKeys, audit, secret, sink, clock }, verified, isForced);
  } finally {
    await audit.close();
  }
}

/** @throws {BackupError} unless it is an active administrator; attempts are throttled and on record */
async function requireAdministrator({ access }: Services, credentials: LoginCredentials): Promise<void> {
  const origin = { ip: null, userAgent: null, correlationId: "backup-command" };
  const outcome = await access.sessions.login(anonymousViewer(origin), credentials);
  const token = "accessToken" in outcome ? outcome.accessToken : null;
  const viewer = token === null ? null : await access.authentication.authenticate(`Bearer ${token}`, origin);
  if (viewer !== null) await access.sessions.logout(viewer);
  if (viewer?.type !== "USER" || viewer.role !== "ADMIN" || viewer.requiredStep != null) {
    throw new BackupError(
      "A portable backup needs an administrator's user name and password, and their code where they have a second factor; these are not, or the account is not in order yet: sign in to the dashboard first.",
    );
  }
}

async function refusing(print: Print, run: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof BackupError || error instanceof KeyRingError)) throw error;
    print(error.message);
    return 1;
  }
}

function usage(print: Print, text: string): typeof USAGE_ERROR {
  print(text);
  return USAGE_ERROR;
}

type Parsed = { readonly values: Readonly<Record<string, string | undefined>>; readonly flags: ReadonlySet<string> };

function parse(args: readonly string[], valueNames: readonly string[], flagNames: readonly string[]): Parsed | null {
  try {
    const options = Object.fromEntries([
      ...valueNames.map((name) => [name, { type: "string" }] as const),
      ...flagNames.map((name) => [name, { type: "boolean" }] as const),
    ]);
    const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
    const texts = Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === "string");
    if (texts.some(([, text]) => text === "")) return null;
    const given = Object.keys(values).filter((name) => flagNames.includes(name));
    return { values: Object.fromEntries(texts), flags: new Set(given) };
  } catch {
    return null;
  }
}
