import type { Logger } from "pino";
import { findAuditKey, openAuditSecret, unsealAuditKey } from "./audit/audit-key.ts";
import type { AuditSecret } from "./audit/audit-secret.ts";
import type { Config } from "./config.ts";
import { type Database, type DatabaseOptions, openDatabase } from "./database/database.ts";
import { createKeyCheckRepository } from "./database/key-check.repository.ts";
import { inTurn } from "./database/store-failures.ts";
import { type Clock, makeId, systemClock } from "./identifiers.ts";
import { createEnvelope, type Envelope, type RemoteKeys } from "./keys/envelope.ts";
import { type KeyCheckStore, startKeyRing } from "./keys/key-check.ts";
import type { KeyRing } from "./keys/key-ring.ts";
import { createRemoteKeys } from "./remote-keys.ts";

/** The store with its keys: what commands need as well as the gateway. */
export type Store = {
  readonly database: Database;
  readonly ring: KeyRing;
  /** Key-encryption keys that are held elsewhere, if any. */
  readonly remoteKeys: RemoteKeys | null;
  readonly checks: KeyCheckStore;
  readonly envelope: Envelope;
  readonly auditSecret: AuditSecret;
};

export type StoreOptions = DatabaseOptions & { readonly clock?: Clock };

/** Opens the store, with its migrations applied and its key ring proven. @throws {MigrationError | KeyRingError} */
export async function openStore(config: Config, log: Logger, options: StoreOptions = {}): Promise<Store> {
  const { clock = systemClock } = options;
  const database = await openDatabase(config, options);
  try {
    const checks = createKeyCheckRepository(database, clock);
    const onReadFailure = (error: unknown) => log.error({ err: error }, "the key ring's file cannot be read");
    const remoteKeys = createRemoteKeys(config);
    const location = { file: config.keyRingFile, json: config.KEY_RING };
    const auditKey = await inTurn(() => findAuditKey(database));
    const prove = auditKey && ((held: KeyRing) => unsealAuditKey(createEnvelope(held, remoteKeys), auditKey));
    const ring = await inTurn(() => startKeyRing(location, checks, { onReadFailure, remote: remoteKeys, prove }));
    const envelope = createEnvelope(ring, remoteKeys);
    const auditSecret = await inTurn(() => openAuditSecret({ database, envelope, makeId, clock }));
    return { database, ring, remoteKeys, checks, envelope, auditSecret };
  } catch (error) {
    await database.close();
    throw error;
  }
}
