import { randomBytes } from "node:crypto";
import { type Database, isUniqueViolation, type Transaction } from "../database/database.ts";
import type { AuditKeyModel } from "../database/generated/sqlite/models.ts";
import { GatewayError, isUnavailable } from "../errors.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import type { Envelope, SealContext } from "../keys/envelope.ts";
import type { SealedSource } from "../keys/sealed-source.ts";
import { AuditAnchorRepository } from "./audit-anchor.repository.ts";
import { signAnchor, UNCHAINED } from "./audit-anchor.ts";
import { AUDIT_SEED_BYTES, type AuditSecret, createAuditSecret } from "./audit-secret.ts";
import { digestUnchained } from "./audit-unchained.ts";

export type AuditKeyDependencies = {
  readonly database: Database;
  readonly envelope: Envelope;
  readonly makeId: MakeId;
  readonly clock: Clock;
};

/** How long the first start may take over the events of a release without chains, in milliseconds; nobody is served before. */
const LIMITS = { maxWait: 30_000, timeout: 3_600_000 };

/** The one key of a store. */
const SLOT = "current";

/** A sealed audit key as it is stored, and as an export carries it for who has the key ring. */
export type SealedAuditKey = Pick<AuditKeyModel, "id" | "publicKey" | "keyId" | "wrappedKey" | "ciphertext">;

function sealContextOf({ id, publicKey }: Pick<AuditKeyModel, "id" | "publicKey">): SealContext {
  const binding = Buffer.from(publicKey);
  return { purpose: "audit-key", ownerId: "system", recordId: id, field: "seed", version: 1, binding };
}

/**
 * The store's audit secret, made at the first start. It never changes: to replace it would orphan every chain.
 * @throws {GatewayError} INTEGRITY_ERROR when it cannot be opened, or is gone while there are events that it made
 */
export async function openAuditSecret(dependencies: AuditKeyDependencies): Promise<AuditSecret> {
  const { database, envelope } = dependencies;
  const found = await findAuditKey(database);
  if (found !== null) return unsealAuditKey(envelope, found);
  if ((await database.client.auditEvent.findFirst({ where: { chainId: { not: null } }, select: { id: true } })) !== null) {
    throw new GatewayError("INTEGRITY_ERROR", "The audit key is gone from the store, although there are events made with it.");
  }
  try {
    return await createAuditKey(dependencies);
  } catch (error) {
    // Another process made it first.
    const made = isUniqueViolation(error) ? await findAuditKey(database) : null;
    if (made === null) throw error;
    return unsealAuditKey(envelope, made);
  }
}

/** The stored key; null before the first start. */
export function findAuditKey(database: Database): Promise<AuditKeyModel | null> {
  return database.client.auditKey.findUnique({ where: { slot: SLOT } });
}

/** @throws {GatewayError} INTEGRITY_ERROR, or UNAVAILABLE where the key is wrapped elsewhere and that place cannot be asked */
export async function unsealAuditKey(envelope: Envelope, key: SealedAuditKey): Promise<AuditSecret> {
  try {
    const seed = await envelope.open(sealContextOf(key), key);
    const secret = createAuditSecret(key.id, seed);
    seed.fill(0);
    return secret;
  } catch (error) {
    if (isUnavailable(error)) throw error;
    throw new GatewayError("INTEGRITY_ERROR", "The audit key in the store cannot be opened.", { cause: error });
  }
}

async function createAuditKey({ database, envelope, makeId, clock }: AuditKeyDependencies): Promise<AuditSecret> {
  const seed = randomBytes(AUDIT_SEED_BYTES);
  const id = makeId("key");
  const secret = createAuditSecret(id, seed);
  const { publicKey } = secret;
  const sealed = await envelope.seal(sealContextOf({ id, publicKey }), seed);
  seed.fill(0);
  const createdAt = clock.now();
  await database.transaction(async (transaction) => {
    await transaction.auditKey.create({ data: { id, slot: SLOT, publicKey, ...sealed, createdAt }, select: { id: true } });
    await anchorUnchained(database, transaction, secret, createdAt);
  }, LIMITS);
  return secret;
}

/** Events from before there were chains are counted and signed for as they stand: none can be added to them unnoticed. */
async function anchorUnchained(database: Database, transaction: Transaction, secret: AuditSecret, createdAt: Date) {
  const { count, mac } = await digestUnchained(secret, transaction);
  if (count === 0) return;
  const anchor = signAnchor(secret, { chainId: UNCHAINED, kind: "UNCHAINED", sequence: count, mac, createdAt });
  await new AuditAnchorRepository(database).save(anchor, transaction);
}

/** The audit key, for the rotation of key-encryption keys. */
export function createAuditKeySource({ client }: Database): SealedSource {
  return {
    name: "audit keys",
    countUnder: (keyId) => client.auditKey.count({ where: { keyId } }),
    nextBatch: async (primaryKeyId, afterId, limit) => {
      const place = afterId === null ? {} : { id: { gt: afterId } };
      const where = { keyId: { not: primaryKeyId }, ...place };
      const rows = await client.auditKey.findMany({ where, take: limit, orderBy: { id: "asc" } });
      return rows.map((row) => ({ id: row.id, context: sealContextOf(row), keyId: row.keyId, wrappedKey: row.wrappedKey }));
    },
    replaceKeys: async (replacements) => {
      let replaced = 0;
      // There is one row: no transaction is needed to replace all or nothing.
      for (const { id, before, after } of replacements) {
        const { count } = await client.auditKey.updateMany({ where: { id, ...before }, data: after });
        replaced += count;
      }
      return replaced;
    },
  };
}
