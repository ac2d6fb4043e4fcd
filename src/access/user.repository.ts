import type { Database, Transaction } from "../database/database.ts";
import { Prisma } from "../database/generated/sqlite/client.ts";
import type { UserModel } from "../database/generated/sqlite/models.ts";
import { type Stored, toTime } from "../database/prepared-statements.ts";

/** A user as every room may see it: the password hash stays in `access/`. */
export type UserRecord = Omit<UserModel, "passwordHash">;

type Times = "createdAt" | "updatedAt" | "secondFactorSince" | "passwordMadeAt";

/** A user as a prepared read gives it; SQLite knows no boolean. */
export type StoredUser = Omit<Stored<UserRecord, Times>, "isActive"> & { readonly isActive: boolean | number };

/** The user that prepared reads of this room make of a row. */
export function toUserRecord(row: StoredUser): UserRecord {
  return {
    ...row,
    isActive: Boolean(row.isActive),
    secondFactorSince: toTime(row.secondFactorSince),
    passwordMadeAt: toTime(row.passwordMadeAt),
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
  };
}

const WITHOUT_HASH = { passwordHash: true } as const;

/** Rows of users. The password hash comes out of `findForLogin` and `findProof` alone. */
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

  /** By a prepared read: what a sign-in costs beside its password hash is what keeps others waiting. */
  async findForLogin(canonicalName: string): Promise<UserModel | null> {
    const sql = 'SELECT * FROM "User" WHERE "canonicalName" = $1';
    const [row] = await this.#database.select<StoredUser & Pick<UserModel, "passwordHash">>(sql, [canonicalName]);
    return row === undefined ? null : { ...toUserRecord(row), passwordHash: row.passwordHash };
  }

  /** What a user proves themselves by; null when there is none. */
  findProof(id: string): Promise<Pick<UserModel, "passwordHash" | "secondFactorSince" | "passwordMadeAt"> | null> {
    const select = { passwordHash: true, secondFactorSince: true, passwordMadeAt: true } as const;
    return this.#database.client.user.findUnique({ where: { id }, select });
  }

  async findActiveId(canonicalName: string): Promise<string | null> {
    const sql = 'SELECT "id", "isActive" FROM "User" WHERE "canonicalName" = $1';
    const [user] = await this.#database.select<{ id: string; isActive: boolean | number }>(sql, [canonicalName]);
    return user === undefined || !user.isActive ? null : user.id;
  }

  /** Users in order of registration, those whose name contains the canonical text if one is given. */
  async findPage(search: string | null, take: number, afterId: string | null): Promise<UserRecord[]> {
    const id =
      search === null
        ? afterId === null
          ? {}
          : { id: { gt: afterId } }
        : { id: { in: await this.#search(search, take, afterId) } };
    return this.#database.client.user.findMany({ where: id, take, orderBy: { id: "asc" }, omit: WITHOUT_HASH });
  }

  async count(search: string | null): Promise<number> {
    if (search === null) return this.#database.client.user.count();
    const [row] = await this.#database.client.$queryRaw<{ count: number | bigint }[]>`
      SELECT count(*) AS "count" FROM "User" WHERE ${this.#containing(search)}`;
    return Number(row?.count ?? 0);
  }

  async hasAdministrator(): Promise<boolean> {
    return (await this.#database.client.user.findFirst({ where: { role: "ADMIN" }, select: { id: true } })) !== null;
  }

  async create(transaction: Transaction, user: UserModel): Promise<void> {
    await transaction.user.create({ data: user, select: { id: true } });
  }

  /** Puts another hash in one's place, unless the password was changed meanwhile; false then. */
  async replaceHash(id: string, before: string, after: string, transaction: Transaction = this.#database.client) {
    const { count } = await transaction.user.updateMany({ where: { id, passwordHash: before }, data: { passwordHash: after } });
    return count === 1;
  }

  /** Gives a user without a password the hash of one; false when they have had one since. */
  async addPassword(transaction: Transaction, { id, passwordHash }: UserModel, updatedAt: Date): Promise<boolean> {
    const { count } = await transaction.user.updateMany({ where: { id, passwordHash: null }, data: { passwordHash, updatedAt } });
    return count > 0;
  }

  /**
   * True when nobody has changed the user since they were read. Until the transaction ends nobody can: what ends a user's
   * sessions then finds the one that the transaction begins.
   */
  async isUnchanged(transaction: Transaction, { id, updatedAt }: Pick<UserModel, "id" | "updatedAt">): Promise<boolean> {
    if (this.#database.provider === "postgresql") {
      await transaction.$queryRaw`SELECT "id" FROM "User" WHERE "id" = ${id} FOR SHARE`;
    }
    const user = await transaction.user.findUnique({ where: { id }, select: { updatedAt: true } });
    return user?.updatedAt.getTime() === updatedAt.getTime();
  }

  /** Changes a user; null when there is none. */
  async update(
    transaction: Transaction,
    id: string,
    changes: Partial<Pick<UserModel, "isActive" | "role" | "passwordHash" | "secondFactorSince" | "passwordMadeAt">> &
      Pick<UserModel, "updatedAt">,
  ): Promise<UserRecord | null> {
    await transaction.user.updateMany({ where: { id }, data: changes });
    return transaction.user.findUnique({ where: { id }, omit: WITHOUT_HASH });
  }

  /** Deletes a user with all that is theirs; false when there is none. */
  async delete(transaction: Transaction, id: string): Promise<boolean> {
    return (await transaction.user.deleteMany({ where: { id } })).count === 1;
  }

  /**
   * True when a user is all that is left of the administrators who can sign in with a password. Until the transaction ends
   * no other can take one away: two that each think the other stays would leave none.
   */
  async isLastAdministrator(transaction: Transaction, id: string): Promise<boolean> {
    // SQLite's transactions exclude each other anyway.
    if (this.#database.provider === "postgresql") {
      await transaction.$queryRaw`SELECT "id" FROM "User" WHERE "role" = 'ADMIN' ORDER BY "id" FOR UPDATE`;
    }
    const isAdministrator = { role: "ADMIN", isActive: true } as const;
    if ((await transaction.user.count({ where: { id: { equals: id }, ...isAdministrator } })) === 0) return false;
    const others = { ...isAdministrator, id: { not: id }, passwordHash: { not: null } };
    return (await transaction.user.count({ where: others })) === 0;
  }

  async #search(search: string, take: number, afterId: string | null): Promise<string[]> {
    const rows = await this.#database.client.$queryRaw<{ id: string }[]>`
      SELECT "id" FROM "User" WHERE "id" > ${afterId ?? ""} AND ${this.#containing(search)} ORDER BY "id" LIMIT ${take}`;
    return rows.map(({ id }) => id);
  }

  /** A search for literal text: unlike LIKE, these functions know no wildcards to escape. */
  #containing(search: string): Prisma.Sql {
    const position = Prisma.raw(this.#database.provider === "sqlite" ? "instr" : "strpos");
    return Prisma.sql`${position}("canonicalName", ${search}) > 0`;
  }
}
