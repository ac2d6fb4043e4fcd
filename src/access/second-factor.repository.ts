import { changeEach } from "../database/change-each.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { RecoveryCodeModel, SecondFactorModel } from "../database/generated/sqlite/models.ts";
import type { KeyReplacement } from "../keys/sealed-source.ts";

/** Rows of second factors and recovery codes. What two requests may do at once is decided by conditional changes. */
export class SecondFactorRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  findByUser(userId: string): Promise<SecondFactorModel | null> {
    return this.#database.client.secondFactor.findUnique({ where: { userId } });
  }

  /** Puts a factor that is not proved yet in the place of one that never was. */
  async createUnconfirmed(transaction: Transaction, factor: SecondFactorModel): Promise<void> {
    const { userId } = factor;
    await transaction.secondFactor.deleteMany({ where: { userId: { equals: userId }, confirmedAt: null } });
    await transaction.secondFactor.create({ data: factor, select: { id: true } });
  }

  /** Marks a factor as proved by the code of a time step; false when it is gone or was proved before. */
  async confirm(transaction: Transaction, id: string, confirmedAt: Date, lastStep: number): Promise<boolean> {
    const where = { id, confirmedAt: null };
    return (await transaction.secondFactor.updateMany({ where, data: { confirmedAt, lastStep } })).count === 1;
  }

  /** Uses a time step up; false when it, or a later one, was used before. */
  async takeStep(transaction: Transaction, id: string, step: number): Promise<boolean> {
    const where = { id, lastStep: { lt: step } };
    return (await transaction.secondFactor.updateMany({ where, data: { lastStep: step } })).count === 1;
  }

  /** Uses a recovery code up; false when the user has no such code. */
  async takeRecoveryCode(transaction: Transaction, userId: string, codeHash: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const where = { userId: { equals: userId }, codeHash: { equals: codeHash } };
    return (await transaction.recoveryCode.deleteMany({ where })).count === 1;
  }

  countRecoveryCodes(userId: string): Promise<number> {
    return this.#database.client.recoveryCode.count({ where: { userId: { equals: userId } } });
  }

  /** Gives a user other recovery codes than those that they had. */
  async replaceRecoveryCodes(transaction: Transaction, userId: string, codes: readonly RecoveryCodeModel[]): Promise<void> {
    await transaction.recoveryCode.deleteMany({ where: { userId: { equals: userId } } });
    await transaction.recoveryCode.createMany({ data: [...codes] });
  }

  /** Deletes a user's factor and recovery codes. */
  async delete(transaction: Transaction, userId: string): Promise<void> {
    await transaction.secondFactor.deleteMany({ where: { userId: { equals: userId } } });
    await transaction.recoveryCode.deleteMany({ where: { userId: { equals: userId } } });
  }

  countUnder(keyId: string): Promise<number> {
    return this.#database.client.secondFactor.count({ where: { keyId: { equals: keyId } } });
  }

  /** Factors whose secret another key-encryption key wraps, by ascending id after a place. */
  findNotUnder(keyId: string, afterId: string | null, limit: number): Promise<SecondFactorModel[]> {
    const place = afterId === null ? {} : { id: { gt: afterId } };
    return this.#database.client.secondFactor.findMany({
      where: { keyId: { not: keyId }, ...place },
      take: limit,
      orderBy: { id: "asc" },
    });
  }

  /** Stores each new wrapping where the old one still stands, in one transaction; resolves with how many were. */
  replaceWrappings(replacements: readonly KeyReplacement[]): Promise<number> {
    return changeEach(this.#database, replacements, ({ secondFactor }, { id, before, after }) =>
      secondFactor.updateMany({ where: { id, ...before }, data: after }),
    );
  }
}
