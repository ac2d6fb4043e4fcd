import { changeEach } from "../database/change-each.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { SigningKeyModel } from "../database/generated/sqlite/models.ts";
import type { KeyReplacement } from "../keys/sealed-source.ts";

/** What `slot` holds on the one key that signs. */
export const SIGNING_SLOT = "signing";

/** Rows of signing keys. At most one has the slot, which the database itself enforces. */
export class SigningKeyRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The signing key and those retired after a time. */
  findUsable(retiredAfter: Date): Promise<SigningKeyModel[]> {
    return this.#database.client.signingKey.findMany({
      where: { OR: [{ slot: SIGNING_SLOT }, { retiredAt: { gt: retiredAfter } }] },
      orderBy: { id: "asc" },
    });
  }

  async create(transaction: Transaction, key: SigningKeyModel): Promise<void> {
    await transaction.signingKey.create({ data: key, select: { id: true } });
  }

  /** Takes the slot from a key; false when another node did so before. */
  async retire(transaction: Transaction, id: string, retiredAt: Date): Promise<boolean> {
    const { count } = await transaction.signingKey.updateMany({
      where: { id, slot: SIGNING_SLOT },
      data: { slot: null, retiredAt },
    });
    return count === 1;
  }

  async deleteRetiredBefore(transaction: Transaction, time: Date): Promise<void> {
    await transaction.signingKey.deleteMany({ where: { retiredAt: { lt: time } } });
  }

  countUnder(keyId: string): Promise<number> {
    return this.#database.client.signingKey.count({ where: { keyId: { equals: keyId } } });
  }

  /** Keys that another key-encryption key wraps, by ascending id after a place. */
  findNotUnder(keyId: string, afterId: string | null, limit: number): Promise<SigningKeyModel[]> {
    return this.#database.client.signingKey.findMany({
      where: { keyId: { not: keyId }, ...(afterId === null ? {} : { id: { gt: afterId } }) },
      take: limit,
      orderBy: { id: "asc" },
    });
  }

  /** Stores each new wrapping where the old one still stands, in one transaction; resolves with how many were. */
  replaceWrappings(replacements: readonly KeyReplacement[]): Promise<number> {
    return changeEach(this.#database, replacements, ({ signingKey }, { id, before, after }) =>
      signingKey.updateMany({
        where: { id, keyId: before.keyId, wrappedKey: before.wrappedKey },
        data: { keyId: after.keyId, wrappedKey: after.wrappedKey },
      }),
    );
  }
}
