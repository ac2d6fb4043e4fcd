import type { Database, Transaction } from "../database/database.ts";
import type { UserModel } from "../database/generated/sqlite/models.ts";

/** A user as every room may see it: the password hash stays in `access/`. */
export type UserRecord = Omit<UserModel, "passwordHash">;

const WITHOUT_HASH = { passwordHash: true } as const;

/** Rows of users. The password hash comes out of `findForLogin` alone. */
export class UserRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  findById(id: string): Promise<UserRecord | null> {
    return this.#database.client.user.findUnique({ where: { id }, omit: WITHOUT_HASH });
  }

  findMany(ids: readonly string[]): Promise<UserRecord[]> {
    return this.#database.client.user.findMany({ where: { id: { in: [...ids] } }, omit: WITHOUT_HASH });
  }

  findForLogin(canonicalName: string): Promise<UserModel | null> {
    return this.#database.client.user.findUnique({ where: { canonicalName } });
  }

  async findActiveId(canonicalName: string): Promise<string | null> {
    const user = await this.#database.client.user.findUnique({ where: { canonicalName }, select: { id: true, isActive: true } });
    return user?.isActive === true ? user.id : null;
  }

  /** Users in order of registration, those whose name contains the canonical text if one is given. */
  findPage(search: string | null, take: number, afterId: string | null): Promise<UserRecord[]> {
    const where = { ...whereName(search), ...(afterId === null ? {} : { id: { gt: afterId } }) };
    return this.#database.client.user.findMany({ where, take, orderBy: { id: "asc" }, omit: WITHOUT_HASH });
  }

  count(search: string | null): Promise<number> {
    return this.#database.client.user.count({ where: whereName(search) });
  }

  async hasAdministrator(): Promise<boolean> {
    return (await this.#database.client.user.findFirst({ where: { role: "ADMIN" }, select: { id: true } })) !== null;
  }

  async create(transaction: Transaction, user: UserModel): Promise<void> {
    await transaction.user.create({ data: user, select: { id: true } });
  }

  /** Puts a stronger hash in a weaker one's place, unless the password was changed meanwhile. */
  async replaceHash(id: string, before: string, after: string): Promise<void> {
    await this.#database.client.user.updateMany({ where: { id, passwordHash: before }, data: { passwordHash: after } });
  }

  /** Gives a user without a password the hash of one; false when they have had one since. */
  async addPassword(transaction: Transaction, { id, passwordHash }: UserModel, updatedAt: Date): Promise<boolean> {
    const { count } = await transaction.user.updateMany({ where: { id, passwordHash: null }, data: { passwordHash, updatedAt } });
    return count > 0;
  }
}

function whereName(search: string | null) {
  return search === null ? {} : { canonicalName: { contains: search } };
}
