import { randomBytes } from "node:crypto";
import type { Config } from "../config.ts";
import { openTableSnapshot, type TableSnapshot } from "../database/table-snapshot.ts";
import type { Clock } from "../identifiers.ts";
import { createEnvelope, type Envelope, type RemoteKeys, type SealContext } from "../keys/envelope.ts";
import { createPassingRing, joinRings, type KeyRing } from "../keys/key-ring.ts";
import { formatLine } from "./backup-content.ts";
import { writeBackupFile } from "./backup-file.ts";
import { type BackupHeader, knownMigrations, type Protection } from "./backup-header.ts";
import { derivePassphraseKey, newPassphraseCost } from "./passphrase-key.ts";
import { isBackedUp } from "./portable-tables.ts";
import { createRowRewrapping, type RowRewrapping } from "./row-rewrapping.ts";

export type BackupStore = {
  readonly config: Pick<Config, "DATABASE_URL" | "DATA_DIR">;
  readonly ring: KeyRing;
  readonly remoteKeys: RemoteKeys | null;
  readonly envelope: Envelope;
  readonly clock: Clock;
};

export type BackupRequest = {
  readonly file: string;
  /** Null: encrypted to the store's own key ring. */
  readonly passphrase: string | null;
  readonly isPortable: boolean;
  /** Told of the backup that is written, before its file is there: without its event on record there is none. */
  readonly onWritten: (report: BackupReport) => Promise<void>;
};

export type BackupReport = { readonly id: string; readonly rows: number; readonly unreadable: number };

const KEY_BYTES = 32;
const ID_BYTES = 9;

/** Where the key of a backup that is encrypted to the ring is sealed for. */
export function backupKeyContext(id: string): SealContext {
  return { purpose: "backup", ownerId: "system", recordId: id, field: "key", version: 1 };
}

/**
 * Writes a backup of the store as it is at one point in time, while gateways go on reading and writing. Key-encryption
 * keys are never in it: credentials stay sealed under the ring, or, in a portable one, are sealed under a key made for it.
 * @throws {BackupError} when it cannot be written; no file is left then
 */
export async function createBackup(store: BackupStore, request: BackupRequest): Promise<BackupReport> {
  const { file, passphrase, isPortable, onWritten } = request;
  const id = `backup_${randomBytes(ID_BYTES).toString("hex")}`;
  const { key, protection } = await makeKey(store.envelope, id, passphrase);
  const header: BackupHeader = {
    id,
    createdAt: store.clock.now().toISOString(),
    migrations: knownMigrations(),
    protection,
    isPortable,
  };
  const passing = isPortable ? createPassingRing() : null;
  const rewrapping = passing === null ? null : createRowRewrapping(envelopeInto(store, passing.ring));
  let rows = 0;
  const report = () => ({ id, rows, unreadable: rewrapping?.unreadable() ?? 0 });
  const snapshot = await openTableSnapshot(store.config);
  try {
    const lines = contentOf(snapshot, { isPortable, ring: passing?.text ?? null, rewrapping, onRow: () => (rows += 1) });
    await writeBackupFile(file, header, key, lines, () => onWritten(report()));
  } finally {
    await snapshot.close();
    key.fill(0);
  }
  return report();
}

/** Opens by the store's keys, wraps by the given ring. */
function envelopeInto({ ring, remoteKeys }: BackupStore, target: KeyRing): Envelope {
  return createEnvelope(joinRings(target, ring), remoteKeys === null ? null : { ...remoteKeys, isPrimary: false });
}

async function makeKey(
  envelope: Envelope,
  id: string,
  passphrase: string | null,
): Promise<{ readonly key: Buffer; readonly protection: Protection }> {
  if (passphrase !== null) {
    const cost = newPassphraseCost();
    return { key: await derivePassphraseKey(passphrase, cost), protection: { kind: "passphrase", ...cost } };
  }
  const key = randomBytes(KEY_BYTES);
  const { keyId, wrappedKey, ciphertext } = await envelope.seal(backupKeyContext(id), key);
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
  return { key, protection: { kind: "ring", keyId, wrappedKey: text(wrappedKey), ciphertext: text(ciphertext) } };
}

type ContentOptions = {
  readonly isPortable: boolean;
  readonly ring: string | null;
  readonly rewrapping: RowRewrapping | null;
  readonly onRow: () => void;
};

const ROWS_AT_ONCE = 200;

async function* contentOf(
  snapshot: TableSnapshot,
  { isPortable, ring, rewrapping, onRow }: ContentOptions,
): AsyncIterable<string> {
  const counts: Record<string, number> = {};
  if (ring !== null) yield formatLine({ kind: "keys", ring });
  for (const table of snapshot.tables.filter(({ name }) => isBackedUp(name, isPortable))) {
    const columns = table.columns.map(({ name }) => name);
    yield formatLine({ kind: "table", table: table.name, columns });
    let count = 0;
    for await (const rows of inBatches(snapshot.rows(table))) {
      for (const row of rewrapping === null ? rows : await rewrapping.rewrap(table.name, columns, rows)) {
        yield formatLine({ kind: "row", row });
        count += 1;
        onRow();
      }
    }
    counts[table.name] = count;
  }
  yield formatLine({ kind: "end", counts });
}

async function* inBatches<Item>(items: AsyncIterable<Item>): AsyncIterable<readonly Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < ROWS_AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
