import type { Database, Transaction } from "../database/database.ts";
import type { ExternalIdentityModel } from "../database/generated/sqlite/models.ts";
import type { UserRecord } from "./user.repository.ts";

/** Rows that tell which user a trusted issuer means. */
export class ExternalIdentityRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async findUser(issuer: string, subject: string): Promise<UserRecord | null> {
    const found = await this.#database.client.externalIdentity.findUnique({
      where: { issuer_subject: { issuer, subject } },
      select: { user: { omit: { passwordHash: true } } },
    });
    return found?.user ?? null;
  }

  async create(transaction: Transaction, identity: ExternalIdentityModel): Promise<void> {
    await transaction.externalIdentity.create({ data: identity, select: { userId: true } });
  }
}
