import type { Database, Transaction } from "../database/database.ts";
import type { ServiceTokenModel } from "../database/generated/sqlite/models.ts";
import { unlessUsedSince } from "./last-uses.ts";

/** A service token as it may be shown: without its hash. */
export type ServiceTokenRecord = Omit<ServiceTokenModel, "tokenHash">;

const WITHOUT_HASH = { tokenHash: true } as const;

/** Rows of service tokens. */
export class ServiceTokenRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  findByHash(tokenHash: Uint8Array<ArrayBuffer>): Promise<ServiceTokenModel | null> {
    return this.#database.client.serviceToken.findUnique({ where: { tokenHash } });
  }

  findById(id: string): Promise<ServiceTokenRecord | null> {
    return this.#database.client.serviceToken.findUnique({ where: { id }, omit: WITHOUT_HASH });
  }

  /** In order of making. */
  findPage(take: number, afterId: string | null): Promise<ServiceTokenRecord[]> {
    const where = afterId === null ? {} : { id: { gt: afterId } };
    return this.#database.client.serviceToken.findMany({ where, take, orderBy: { id: "asc" }, omit: WITHOUT_HASH });
  }

  count(): Promise<number> {
    return this.#database.client.serviceToken.count();
  }

  async create(
    transaction: Transaction,
    token: ServiceTokenRecord & { readonly tokenHash: Uint8Array<ArrayBuffer> },
  ): Promise<void> {
    await transaction.serviceToken.create({ data: token, select: { id: true } });
  }

  /** False when it was revoked before. */
  async revoke(transaction: Transaction, id: string, revokedAt: Date): Promise<boolean> {
    const { count } = await transaction.serviceToken.updateMany({ where: { id, revokedAt: null }, data: { revokedAt } });
    return count === 1;
  }

  /** Notes the last use, unless a later one stands there already. */
  async noteUse(id: string, lastUsedAt: Date): Promise<void> {
    await this.#database.client.serviceToken.updateMany({ where: unlessUsedSince(id, lastUsedAt), data: { lastUsedAt } });
  }
}
